/* data-max="N" on a text field: counts characters. */

import { all, h } from './page.js';

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

all('[data-max]').forEach(counter);
