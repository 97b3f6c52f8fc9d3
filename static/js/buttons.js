/* data-copy="TEXT" on a button: copies the text, or the address of this page.
   data-print on a button: prints this page. */

import { all, announce } from './page.js';

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

all('[data-copy]').forEach(copying);
all('[data-print]').forEach((button) => button.addEventListener('click', () => print()));
