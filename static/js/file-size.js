/* data-max-bytes="N" on a form: refuses a larger file before it is sent. */

import { all, h } from './page.js';

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

all('form[data-max-bytes]').forEach(weigh);
