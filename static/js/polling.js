/* data-poll="URL" on a block: follows a job until its state changes. */

import { all } from './page.js';

function poll(block) {
  const text = block.querySelector('[data-poll-text]');
  const bar = block.querySelector('progress');
  let failures = 0;

  async function ask() {
    if (document.visibilityState === 'hidden') {
      document.addEventListener('visibilitychange', ask, { once: true });
      return;
    }
    try {
      const response = await fetch(block.dataset.poll, {
        credentials: 'same-origin',
        headers: { Accept: 'application/json' },
        signal: AbortSignal.timeout(10000),
      });
      if (!response.ok) throw new Error(response.status);
      const job = await response.json();
      failures = 0;
      if (job.state !== block.dataset.state) {
        location.reload();
        return;
      }
      if (text && job.text && job.text !== text.textContent) text.textContent = job.text;
      if (bar && job.total) Object.assign(bar, { max: job.total, value: job.done ?? 0 });
    } catch {
      failures += 1;
      if (failures === 3 && text) text.textContent = 'No answer at the moment. This page keeps trying.';
    }
    setTimeout(ask, Math.min(30000, 1500 * 2 ** failures));
  }
  setTimeout(ask, 1500);
}

all('[data-poll]').forEach(poll);
