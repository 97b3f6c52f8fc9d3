/* data-read="URL" on a form: what the page shows counts as read after some seconds. */

import { all } from './page.js';

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

all('form[data-read]').forEach(reading);
