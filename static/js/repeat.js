/* data-repeat="NAME" on a fieldset: rows can be added and removed. */

import { all, announce } from './page.js';

export const isBlank = (row) => all('input, textarea, select', row).every((field) => !field.value.trim());

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

all('[data-repeat]').forEach(repeat);
