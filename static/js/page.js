/* What every page and every behavior shares. Every page works without scripts. */

export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Makes an element: h('p', {className: 'hint'}, 'text', child). */
export function h(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

const announcer = h('p', { className: 'visually-hidden', role: 'status' });
export const announce = (text) => { announcer.textContent = text; };

document.documentElement.classList.add('js');
document.body.append(announcer);
