/* data-error-summary on a block: receives the focus when the page opens. */

document.querySelector('[data-error-summary]')?.focus();
