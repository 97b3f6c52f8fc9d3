/* data-check="JSON" on a field: shows what is wrong with it as it is typed. */

import { all, announce, h } from './page.js';

/** One remark, with a button that puts it right where the server knows how. */
function finding({ message, fix, label }) {
  const block = h('div', { className: 'finding' }, h('p', {}, message));
  if (!fix) return block;
  if (label === 'Use this wording') block.append(h('p', { className: 'finding-fix', dir: 'auto' }, fix));
  const button = h('button', { className: 'button secondary', type: 'button' }, label);
  button.dataset.fix = fix;
  block.append(button);
  return block;
}

/** Looks at a field, and those that are looked at with it, whenever somebody stops typing. */
function checking(box) {
  const form = box.closest('form');
  const wanted = JSON.parse(box.dataset.check);
  const names = new Set(wanted.flatMap((check) => check.fields));
  const belongs = (name) => names.has(name) || [...names].some((each) => name?.startsWith(`${each}-`));
  const inputs = () => [...form.elements].filter((field) => belongs(field.name));
  const places = () => all('[data-findings]', form).filter((place) => belongs(place.dataset.findings));
  let timer;
  let latest = 0;
  let shown = null;

  async function look() {
    const mine = latest += 1;
    const values = Object.fromEntries(inputs().map((field) => [field.name, field.value]));
    const found = {};
    try {
      for (const check of wanted) {
        const response = await fetch('/api/v1/checks', {
          method: 'POST',
          credentials: 'same-origin',
          signal: AbortSignal.timeout(15000),
          headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': form.elements.csrf_token?.value ?? '' },
          body: JSON.stringify({ check, values }),
        });
        if (!response.ok) return;
        for (const [name, told] of Object.entries((await response.json()).findings)) {
          found[name] = [...(found[name] ?? []), ...told];
        }
      }
    } catch {
      return;  // They are a help and nothing waits for them.
    }
    const said = JSON.stringify(found);
    // Something was typed meanwhile; or it would be read aloud once more without being new.
    if (mine !== latest || said === shown) return;
    shown = said;
    for (const place of places()) {
      place.replaceChildren(...(found[place.dataset.findings] ?? []).map(finding));
    }
  }

  form.addEventListener('input', (event) => {
    if (!belongs(event.target.name) && event.target !== box) return;
    clearTimeout(timer);
    timer = setTimeout(look, 700);
  });
  form.addEventListener('click', (event) => {
    const button = event.target.closest('[data-findings] button[data-fix]');
    const name = button?.closest('[data-findings]').dataset.findings;
    if (!button || !belongs(name)) return;
    event.preventDefault();
    const field = form.elements[name];
    field.value = button.dataset.fix;
    field.focus();
    // Others on this page, such as the one that saves, hear of it as if it had been typed.
    field.dispatchEvent(new Event('input', { bubbles: true }));
    announce('Put right');
    clearTimeout(timer);
    look();
  });
  // Pressed by the Enter key in a field, a button that sends the form would send this one.
  for (const button of all('[data-findings] button[data-fix]', form)) button.type = 'button';
}

all('form [data-check]').forEach(checking);
