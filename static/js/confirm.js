/* data-confirm="QUESTION" on a submit button: asks first, in a dialog. */

import { h } from './page.js';

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
