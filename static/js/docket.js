/* data-docket on a block: staff move its items without a new page. Without this script, the same
   forms move an item by their buttons, each with a new page. */

import { all, announce } from './page.js';

/** Items move without a new page: the server answers with the whole page, of which the docket takes
    the place of the one here. What had the focus has it again. */
function docket(block) {
  const items = () => all('[data-docket-item]', block);
  const place = (id) => items().findIndex((item) => item.dataset.docketItem === id) + 1;

  async function send(form, fields, id, focus) {
    block.setAttribute('aria-busy', 'true');
    try {
      const response = await fetch(form.action, {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields),
      });
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      const fresh = page.querySelector('[data-docket]');
      if (!response.ok || !fresh) throw new Error(response.status);
      block.replaceChildren(...fresh.childNodes);
      const moved = block.querySelector(`[data-docket-item="${CSS.escape(id)}"]`);
      (block.querySelector(`[data-focus="${CSS.escape(focus)}"]`) ?? moved)?.focus();
      const section = moved.closest('[data-section]').dataset.section;
      announce(`${moved.dataset.title} is at ${place(id)} of ${items().length}, in ${section}.`);
    } catch {
      // It was refused, or the network is away: the page as the server has it says which.
      announce('Not moved. The page is loaded anew.');
      location.reload();
    }
    block.removeAttribute('aria-busy');
  }

  block.addEventListener('submit', (event) => {
    const form = event.target.closest('form[data-live]');
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    const { submitter } = event;
    const id = form.closest('[data-docket-item]').dataset.docketItem;
    const at = place(id);
    const last = items().length;
    const towards = submitter?.value;
    if ((towards === 'up' && at === 1) || (towards === 'down' && at === last)) {
      const lists = all('[data-section]', block);
      const edge = towards === 'up' ? lists[0] : lists.at(-1);
      if (form.closest('[data-section]') === edge) {
        announce(`It is the ${towards === 'up' ? 'first' : 'last'} one already.`);
        return;
      }
    }
    const fields = new FormData(form, submitter);
    send(form, fields, id, submitter?.dataset.focus ?? '');
  });

  // Dragging: by mouse, pen or finger. The arrows do the same from the keyboard.
  block.addEventListener('pointerdown', (event) => {
    const handle = event.target.closest('[data-handle]');
    if (!handle || event.button !== 0) return;
    event.preventDefault();
    const item = handle.closest('[data-docket-item]');
    const before = { list: item.parentElement, next: item.nextElementSibling };
    item.classList.add('dragged');

    const drag = ({ clientX, clientY }) => {
      const under = document.elementsFromPoint(clientX, clientY);
      const section = under.find((one) => one.closest?.('.docket-section'))?.closest('.docket-section');
      const list = section?.querySelector('[data-section]');
      if (!list || !block.contains(list)) return;
      const after = all('[data-docket-item]', list).find((one) => {
        const box = one.getBoundingClientRect();
        return one !== item && clientY < box.top + box.height / 2;
      });
      if (item.parentElement !== list || item.nextElementSibling !== (after ?? null)) list.insertBefore(item, after ?? null);
      if (clientY < 60) scrollBy(0, -12);
      else if (clientY > innerHeight - 60) scrollBy(0, 12);
    };
    const end = (keep) => {
      document.removeEventListener('pointermove', drag);
      document.removeEventListener('pointerup', up);
      document.removeEventListener('pointercancel', cancel);
      document.removeEventListener('keydown', escape);
      item.classList.remove('dragged');
      const { list, next } = before;
      if (!keep) list.insertBefore(item, next);
      if (!keep || (item.parentElement === list && item.nextElementSibling === next)) return;
      const id = item.dataset.docketItem;
      const form = item.querySelector('form[data-drop]');
      const fields = new FormData(form);
      fields.set('position', place(id));
      fields.set('section', item.parentElement.dataset.section);
      send(form, fields, id, `position-${id}`);
    };
    const up = () => end(true);
    const cancel = () => end(false);
    const escape = ({ key }) => { if (key === 'Escape') end(false); };
    // On the document: an element that changes its place loses the pointer that it had captured.
    document.addEventListener('pointermove', drag);
    document.addEventListener('pointerup', up);
    document.addEventListener('pointercancel', cancel);
    document.addEventListener('keydown', escape);
  });
}

all('[data-docket]').forEach(docket);
