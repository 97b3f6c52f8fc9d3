/* data-keys on a block: single keys work on this page, unless they are turned off.
   data-item on a block: what they move between. data-key="a" on its buttons. */

import { all, announce } from './page.js';

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

all('[data-keys]').forEach(keys);
