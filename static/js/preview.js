/* data-preview="ID" on a form: shows the answer to its `then=look` in the element with that id, as it is typed. */

import { all } from './page.js';

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

all('form[data-preview]').forEach(preview);
