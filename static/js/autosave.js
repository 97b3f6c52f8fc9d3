/* data-autosave="URL" on a form: saves its answers as they are typed. */

import { all, h } from './page.js';
import { isBlank } from './repeat.js';

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

all('form[data-autosave]').forEach(autosave);
