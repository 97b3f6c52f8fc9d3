/* Groundswell in the browser. Every page works without this file; it adds:

   data-autosave="URL"   on a form: saves its answers as they are typed
   data-max="N"          on a text field: counts characters
   data-repeat="NAME"    on a fieldset: rows can be added and removed
   data-poll="URL"       on a block: follows a job until its state changes
   data-print            on a button: prints this page
   data-preview          on a form: its `then=look` answer is shown in the element of that id as one types
   data-copy="TEXT"      on a button: copies the text (or this page's address)
   data-max-bytes="N"    on a form: refuses a larger file before it is sent
   data-confirm="ASK"    on a submit button: asks first, in a dialog
   data-error-summary    on a block: receives the focus when the page opens
   data-keys             on a block: single keys work on this page, unless they are turned off
   data-read="URL"       on a form: what the page shows counts as read after some seconds
  data-check="JSON"     on a field: what is wrong with it is said as it is typed
  data-item             on a block: what they move between; data-key="a" on its buttons  */

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Makes an element: h('p', {className: 'hint'}, 'text', child). */
function h(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

const announcer = h('p', { className: 'visually-hidden', role: 'status' });
const announce = (text) => { announcer.textContent = text; };


/* ------------------------------------------------------------ Character counters */

/** What a counter says. Characters are code points of the composed text without blanks at its ends,
    as the server counts them. */
function remaining(field) {
  const left = Number(field.dataset.max) - [...field.value.replace(/\r\n/g, '\n').normalize('NFC').trim()].length;
  const n = Math.abs(left);
  return { left, text: `${n} ${n === 1 ? 'character' : 'characters'} ${left < 0 ? 'too many' : 'left'}` };
}

function counter(field) {
  const shown = document.getElementById(`count-${field.name}`);
  if (!shown) return;
  // The visible count changes with each key; what is read aloud waits for a pause.
  const spoken = h('span', { className: 'visually-hidden', role: 'status' });
  shown.after(spoken);
  let timer;
  const update = () => {
    const { left, text } = remaining(field);
    shown.textContent = text;
    shown.classList.toggle('over', left < 0);
  };
  field.addEventListener('input', () => {
    update();
    clearTimeout(timer);
    timer = setTimeout(() => { spoken.textContent = remaining(field).text; }, 1000);
  });
  update();
}


/* ------------------------------------------------------------ Repeatable rows */

const isBlank = (row) => all('input, textarea, select', row).every((field) => !field.value.trim());

function repeat(group) {
  const template = group.querySelector('template[data-row-template]');
  const add = group.querySelector('[data-row-add]');
  if (!template || !add) return;
  const limit = Number(group.dataset.maxRows) || Infinity;
  const rows = () => all('[data-row]', group);
  let next = rows().length;

  const refresh = () => {
    const present = rows();
    present.forEach((row, index) => {
      for (const number of all('[data-row-number]', row)) number.textContent = index + 1;
      row.querySelector('[data-row-remove]').hidden = present.length < 2;
    });
    add.hidden = present.length >= limit;
  };
  // A form announces what changed in it as if it had been typed, so that autosave hears it.
  const changed = () => group.dispatchEvent(new Event('input', { bubbles: true }));

  add.addEventListener('click', () => {
    const row = template.content.firstElementChild.cloneNode(true);
    for (const element of [row, ...all('*', row)]) {
      for (const { name, value } of [...element.attributes]) {
        if (value.includes('__i__')) element.setAttribute(name, value.replaceAll('__i__', next));
      }
    }
    next += 1;
    add.before(row);
    refresh();
    row.querySelector('input, textarea, select').focus();
    changed();
  });

  group.addEventListener('click', (event) => {
    const button = event.target.closest('[data-row-remove]');
    if (!button) return;
    const row = button.closest('[data-row]');
    const index = rows().indexOf(row);
    row.remove();
    refresh();
    const left = rows();
    left[Math.min(index, left.length - 1)].querySelector('input, textarea, select').focus();
    announce('Row removed');
    changed();
  });

  // The server renders spare rows for those without this script; one of them is enough here.
  const spare = rows().reverse();
  while (spare.length > 1 && isBlank(spare[0]) && isBlank(spare[1])) spare.shift().remove();
  refresh();
}


/* ------------------------------------------------------------ Field errors */

/** Shows a message beside a field, or takes it away when there is none. */
function fieldError(form, name, message) {
  const box = form.querySelector(`[data-field="${CSS.escape(name)}"]`);
  if (!box) return false;
  const id = `error-${name}`;
  const isGroup = box.tagName === 'FIELDSET';
  const target = isGroup ? box : box.querySelector('input, textarea, select');
  const ids = (target.getAttribute('aria-describedby') ?? '').split(' ').filter((each) => each && each !== id);
  document.getElementById(id)?.remove();
  box.classList.toggle('has-error', Boolean(message));
  if (message) {
    ids.push(id);
    const told = h('p', { className: 'field-error', id },
      h('span', { className: 'visually-hidden' }, 'Error: '), message);
    if (isGroup) (box.querySelector(':scope > .hint') ?? box.querySelector('legend')).after(told);
    else (box.querySelector('.choice') ?? target).before(told);
  }
  if (ids.length) target.setAttribute('aria-describedby', ids.join(' '));
  else target.removeAttribute('aria-describedby');
  if (!isGroup) {
    if (message) target.setAttribute('aria-invalid', 'true');
    else target.removeAttribute('aria-invalid');
  }
  return true;
}


/* ------------------------------------------------------------ Autosave */

const IGNORED = new Set(['submit', 'button', 'reset', 'image', 'file', 'fieldset', 'output']);

/** One field's answer: text, true or false for a lone checkbox. `initial`: as the server sent it. */
function answer(field, initial) {
  if (field.type === 'checkbox' || field.type === 'radio') return initial ? field.defaultChecked : field.checked;
  if (field.tagName === 'SELECT' && initial) {
    return (field.querySelector('option[selected]') ?? field.options[0])?.value ?? '';
  }
  return initial ? field.defaultValue : field.value;
}

/** A form's answers as the API takes them: {name: text | boolean}, and for repeated rows
    {name: [{column: text}]}, or [text] where the one column is called "value"; blank rows left out. */
function answers(form, initial = false) {
  const found = {};
  const rows = new Map();
  for (const group of all('[data-repeat]', form)) found[group.dataset.repeat] = [];
  for (const field of form.elements) {
    if (!field.name || field.disabled || IGNORED.has(field.type)) continue;
    if (field.name === 'csrf_token' || field.name === 'version') continue;
    const value = answer(field, initial);
    const row = field.closest('[data-row]');
    if (row) {
      const list = found[row.closest('[data-repeat]').dataset.repeat];
      if (!rows.has(row)) {
        rows.set(row, {});
        list.push(rows.get(row));
      }
      rows.get(row)[field.dataset.column] = value;
    } else if (field.type === 'radio') {
      found[field.name] ??= '';
      if (value) found[field.name] = field.value;
    } else {
      found[field.name] = value;
    }
  }
  for (const group of all('[data-repeat]', form)) {
    const name = group.dataset.repeat;
    found[name] = found[name]
      .filter((row) => Object.values(row).some((value) => typeof value === 'string' && value.trim()))
      .map((row) => (Object.keys(row).join() === 'value' ? row.value : row));
  }
  return found;
}

/** For each repeated group, the number in the input names of each row that `answers` sends. */
function rowIndexes(form) {
  return Object.fromEntries(all('[data-repeat]', form).map((group) => [
    group.dataset.repeat,
    all('[data-row]', group).filter((row) => !isBlank(row))
      .map((row) => row.querySelector('[data-column]').name.split('-').at(-2)),
  ]));
}

/** Errors by the names of the fields here: the API counts only the rows it was sent, and may
    write "conveners.0.email" for the field "conveners-0-email". */
function byField(errors, indexes) {
  return Object.fromEntries(Object.entries(errors).map(([key, message]) => {
    const [, name, row, column] = key.match(/^(.+?)[.-](\d+)(?:[.-](.+))?$/) ?? [];
    if (!indexes[name]) return [key, message];
    return [`${name}-${indexes[name][row]}-${column ?? 'value'}`, message];
  }));
}

function autosave(form) {
  const url = form.dataset.autosave;
  const status = form.querySelector('[data-autosave-status]') ?? document.querySelector('[data-autosave-status]');
  const touched = new Set();
  let saved = JSON.stringify(answers(form, true));
  let sending = null;   // The request under way, or null.
  let attempt = null;   // {body, key}: the same answers sent again carry the same idempotency key.
  let timer;
  let failures = 0;
  let refused = null;   // Answers that were found wrong are not sent again until they change.
  let stopped = false;  // Someone else changed the draft: sending again would only be refused again.
  let signedOut = false;  // Until somebody signs in again, in another tab.
  let leaving = false;

  const dirty = () => JSON.stringify(answers(form)) !== saved;
  const say = (text, tone) => {
    if (!status) return;
    status.dataset.tone = tone;
    if (status.textContent !== text) status.textContent = text;
  };
  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };
  const warn = (event) => {
    if (!leaving && dirty()) event.preventDefault();
  };
  // A page that listens for this is kept from the back/forward cache, so only while it matters.
  const guard = () => (dirty() ? addEventListener : removeEventListener)('beforeunload', warn);

  const show = (told, onlyTouched, indexes) => {
    const errors = byField(told, indexes);
    for (const box of all('[data-field]', form)) {
      const name = box.dataset.field;
      // An answer that was accepted is not the moment to scold about questions not reached yet.
      if (!onlyTouched || touched.has(name)) fieldError(form, name, errors[name] ?? '');
    }
  };

  async function send(last) {
    const sent = JSON.stringify(answers(form));
    const indexes = rowIndexes(form);
    const version = form.elements.version;
    const body = JSON.stringify({ ...JSON.parse(sent), ...(version && { version: Number(version.value) }) });
    if (attempt?.body !== body) attempt = { body, key: self.crypto?.randomUUID?.() ?? String(Math.random()).slice(2) };
    if (status) status.dataset.tone = 'busy';
    let response;
    try {
      response = await fetch(url, {
        method: 'POST',
        credentials: 'same-origin',
        keepalive: last && body.length < 60000,
        signal: AbortSignal.timeout(15000),
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/json, application/problem+json',
          'X-CSRF-Token': document.querySelector('meta[name="csrf"]')?.content ?? '',
          'Idempotency-Key': attempt.key,
        },
        body,
      });
    } catch {
      failures += 1;
      say('Not saved: no connection. Trying again shortly.', 'bad');
      later(Math.min(60000, 2500 * 2 ** failures));
      return;
    }
    const told = await response.json().catch(() => ({}));
    signedOut = response.status === 401;
    if (response.ok) {
      failures = 0;
      attempt = null;
      saved = sent;
      if (version && told.version !== undefined) version.value = told.version;
      show(told.errors ?? {}, true, indexes);
      const time = new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
      say(`Saved ${time}`, 'good');
      return;
    }
    if (told.errors) show(told.errors, false, indexes);
    const why = told.detail ?? told.title ?? 'something went wrong here';
    say(`Not saved: ${why}`, 'bad');
    if (response.status === 400 || response.status === 422) {
      refused = sent;
    } else if (response.status === 409 || response.status === 412) {
      stopped = true;
    } else if (signedOut) {
      later(5000);
    } else if (response.status === 429 || response.status >= 500) {
      failures += 1;
      const asked = Number(response.headers.get('Retry-After')) * 1000 || 0;
      later(Math.max(asked, Math.min(60000, 2500 * 2 ** failures)));
    }
  }

  async function save({ last = false } = {}) {
    clearTimeout(timer);
    if (stopped || leaving) return;
    if (sending) return;  // What was typed meanwhile is sent when this one is answered.
    if (!dirty()) {
      if (status?.dataset.tone === 'bad') say('', 'good');
      guard();
      return;
    }
    const before = JSON.stringify(answers(form));
    if (before === refused) return;
    sending = send(last);
    await sending;
    sending = null;
    guard();
    if (JSON.stringify(answers(form)) !== before) later(1000);
  }

  form.addEventListener('input', (event) => {
    const box = event.target.closest('[data-field]');
    if (box) touched.add(box.dataset.field);
    guard();
    later(1000);
  });
  form.addEventListener('focusout', (event) => {
    // On the way to the form's own button the submit saves everything; two at once would collide.
    if (event.relatedTarget?.type === 'submit' && event.relatedTarget.form === form) return;
    save();
  });
  form.addEventListener('submit', async (event) => {
    if (event.defaultPrevented) return;
    clearTimeout(timer);
    if (sending) {
      const { submitter } = event;
      event.preventDefault();
      await sending;
      clearTimeout(timer);
      if (submitter) submitter.dataset.confirmed = '';  // What was asked once is not asked again.
      form.requestSubmit(submitter);
      if (submitter) delete submitter.dataset.confirmed;
      return;
    }
    leaving = true;
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') save({ last: true });
    else if (signedOut) save();
  });
  addEventListener('online', () => save());
  addEventListener('pageshow', (event) => {
    if (event.persisted) leaving = false;
  });
  if (dirty()) later(1000);  // The browser put back what had been typed before a reload.
}


/* ------------------------------------------------------------ Following a job */

function poll(block) {
  const text = block.querySelector('[data-poll-text]');
  const bar = block.querySelector('progress');
  let failures = 0;

  async function ask() {
    if (document.visibilityState === 'hidden') {
      document.addEventListener('visibilitychange', ask, { once: true });
      return;
    }
    try {
      const response = await fetch(block.dataset.poll, {
        credentials: 'same-origin',
        headers: { Accept: 'application/json' },
        signal: AbortSignal.timeout(10000),
      });
      if (!response.ok) throw new Error(response.status);
      const job = await response.json();
      failures = 0;
      if (job.state !== block.dataset.state) {
        location.reload();
        return;
      }
      if (text && job.text && job.text !== text.textContent) text.textContent = job.text;
      if (bar && job.total) Object.assign(bar, { max: job.total, value: job.done ?? 0 });
    } catch {
      failures += 1;
      if (failures === 3 && text) text.textContent = 'No answer at the moment. This page keeps trying.';
    }
    setTimeout(ask, Math.min(30000, 1500 * 2 ** failures));
  }
  setTimeout(ask, 1500);
}


/* ------------------------------------------------------------ Copying */

function copying(button) {
  const label = button.querySelector('[data-copy-label]') ?? button;
  const usual = label.textContent;
  let timer;
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy || location.href);
      label.textContent = 'Copied';
      announce('Copied');
    } catch {
      label.textContent = 'Select the text to copy it';
    }
    clearTimeout(timer);
    timer = setTimeout(() => { label.textContent = usual; announce(''); }, 2500);
  });
}


/* ------------------------------------------------------------ Files that are too large */

/** The server refuses a large file as well, but only once much of it was sent. */
function weigh(form) {
  const most = Number(form.dataset.maxBytes);
  form.addEventListener('submit', (event) => {
    const input = all('input[type="file"]', form).find((field) => field.files[0]?.size > most);
    if (!input) return;
    event.preventDefault();
    const id = `error-${input.name}`;
    document.getElementById(id)?.remove();
    const size = Math.ceil(input.files[0].size / 1e6);
    const told = `This file has ${size} MB. Choose one of at most ${most / 1e6} MB. Nothing was sent.`;
    input.before(h('p', { className: 'field-error', id },
      h('span', { className: 'visually-hidden' }, 'Error: '), told));
    input.closest('.field').classList.add('has-error');
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('aria-describedby', `${id} hint-${input.name}`);
    input.focus();
  });
}


/* ------------------------------------------------------------ Asking first */

function ask(button) {
  const title = h('h2', { id: 'confirm-title', className: 'visually-hidden' }, button.textContent.trim());
  const cancel = h('button', { type: 'submit', className: 'button secondary', autofocus: true }, 'Cancel');
  const go = h('button', { type: 'submit', value: 'go', className: button.className }, button.textContent.trim());
  go.classList.remove('quiet');
  const dialog = h('dialog', { className: 'dialog' },
    h('form', { method: 'dialog' }, title, h('p', {}, button.dataset.confirm),
      h('div', { className: 'actions' }, go, cancel)));
  dialog.setAttribute('aria-labelledby', title.id);
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (dialog.returnValue !== 'go') {
      button.focus();
      return;
    }
    button.dataset.confirmed = '';
    button.form.requestSubmit(button);
    delete button.dataset.confirmed;
  });
  document.body.append(dialog);
  dialog.showModal();
}

// Listened for on the way down, so that a form's own listeners hear only of a confirmed submit.
document.addEventListener('submit', (event) => {
  const { submitter } = event;
  if (!submitter?.dataset.confirm || 'confirmed' in submitter.dataset) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(submitter);
}, { capture: true });


/* ------------------------------------------------------------ Single keys */

/** j and k go through the items of a list; a, s, q press a button of the item that has the focus,
    u the one that undoes. Whoever speaks to their browser can turn them off for good. */
function keys(block) {
  const toggle = block.querySelector('[data-keys-on]');
  const items = all('[data-item]');
  const store = {
    get: () => { try { return localStorage.getItem('keys-off') === 'yes'; } catch { return false; } },
    set: (off) => { try { localStorage.setItem('keys-off', off ? 'yes' : 'no'); } catch { /* for this page alone */ } },
  };
  const did = document.querySelector('[data-did]');
  // Where the keys go on: what had the focus last, or what the page is about.
  let last = document.querySelector('[data-item][data-at]');
  const current = () => document.activeElement.closest('[data-item]');
  const typing = (element) => element.isContentEditable
    || (element.matches('input, textarea, select') && !['checkbox', 'radio', 'submit'].includes(element.type));

  const go = (step) => {
    const at = items.indexOf(current() ?? last);
    const next = items[at < 0 ? 0 : at + step];
    if (!next) return;
    next.focus();
    next.scrollIntoView({ block: 'start' });
  };
  const press = (key) => {
    const button = (key === 'u' ? document : current())?.querySelector(`[data-key="${key}"]`);
    if (!button) return;
    const needs = (button.dataset.needs ?? '').split(' ').filter(Boolean);
    const reason = button.form.querySelector('[data-reason]');
    const linked = needs.includes('seat') && button.form.querySelector('[name="seat"]:checked')?.value;
    if (needs.length && !linked && !reason.value.trim()) {
      reason.focus();
      announce('Write this first, then press the button.');
      return;
    }
    button.form.requestSubmit(button);
  };

  block.hidden = false;
  toggle.checked = !store.get();
  toggle.addEventListener('change', () => store.set(!toggle.checked));
  document.addEventListener('focusin', () => { last = current() ?? last; });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && toggle.checked && !event.isComposing && event.target.matches('[data-reason]')) {
      event.target.closest('[data-item]')?.focus();
      return;
    }
    if (!toggle.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (typing(event.target) || document.querySelector('dialog[open]')) return;
    if (event.key === 'j') go(1);
    else if (event.key === 'k') go(-1);
    else if ('asqu'.includes(event.key)) press(event.key);
    else return;
    event.preventDefault();
  });
  // After a decision the keys go on from the next item; what came of the last one stands above it.
  if (did) {
    (last ?? did).focus();
    announce(did.querySelector('p').textContent);
  } else {
    document.getElementById(location.hash.slice(1))?.closest('[data-item]')?.focus();
  }
}


/* ------------------------------------------------------------ Checks as people write */

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


/* ------------------------------------------------------------ What a form would change, as one types */

function preview(form) {
  const id = form.dataset.preview;
  let timer;
  let latest = 0;

  async function look() {
    const mine = ++latest;
    const body = new URLSearchParams(new FormData(form));
    body.set('then', 'look');
    try {
      const response = await fetch(form.action, {
        method: 'POST',
        credentials: 'same-origin',
        signal: AbortSignal.timeout(15000),
        body,
      });
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      const shown = page.getElementById(id);
      // Something was typed meanwhile, or the answer is another page: the button still works.
      if (mine === latest && shown) document.getElementById(id).replaceChildren(...shown.childNodes);
    } catch {
      // It is a help and nothing waits for it.
    }
  }

  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(look, 700);
  });
}


/* ------------------------------------------------------------ What was read */

/** Notes after some seconds in view that what this page shows was read. Its marks stay until it is
    opened again. */
function reading(form) {
  const note = async () => {
    if (document.visibilityState !== 'visible') return;
    document.removeEventListener('visibilitychange', later);
    const { upto, csrf_token: token } = form.elements;
    const response = await fetch(form.dataset.read, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': token.value },
      body: JSON.stringify({ upto: Number(upto.value) }),
    }).catch(() => null);
    if (response?.ok) form.querySelector('button').hidden = true;
  };
  const later = () => setTimeout(note, 3000);
  document.addEventListener('visibilitychange', later);
  later();
}


/* ------------------------------------------------------------ A meeting in session */

/** Which item is on, by the times of the docket; looked at again every fifteen seconds. */
function nowOn(rows) {
  // Whatever the clock of this machine says, the server's is the one that counts.
  const server = document.querySelector('[data-server-now]');
  const ahead = server ? Date.parse(server.dataset.serverNow) - Date.now() : 0;
  const update = () => {
    const now = Date.now() + ahead;
    let any = false;
    for (const row of rows) {
      const on = Date.parse(row.dataset.nowFrom) <= now && now < Date.parse(row.dataset.nowUntil);
      if ('nowRow' in row.dataset) row.classList.toggle('on-now', on);
      else row.hidden = !on;
      any ||= on;
    }
    for (const other of all('[data-now-else]')) other.hidden = any;
  };
  update();
  setInterval(update, 15000);
}


/* ------------------------------------------------------------ Start */

document.documentElement.classList.add('js');
document.body.append(announcer);
all('[data-max]').forEach(counter);
all('[data-repeat]').forEach(repeat);
all('form[data-autosave]').forEach(autosave);
all('form [data-check]').forEach(checking);
all('form[data-preview]').forEach(preview);
all('form[data-read]').forEach(reading);
all('[data-poll]').forEach(poll);
all('[data-copy]').forEach(copying);
all('form[data-max-bytes]').forEach(weigh);
all('[data-keys]').forEach(keys);
const timed = all('[data-now-from]');
if (timed.length) nowOn(timed);
all('[data-print]').forEach((button) => button.addEventListener('click', () => print()));
document.querySelector('[data-error-summary]')?.focus();
