/* data-now-from="TIME" on a row: marks the docket item that is on now. */

import { all } from './page.js';

/** Which item is on, by the times of the docket; looked at again every fifteen seconds. */
function nowOn(rows) {
  // Whatever the clock of this machine says, the server's is the one that counts.
  const server = document.querySelector('[data-server-now]');
  const ahead = server ? Date.parse(server.dataset.serverNow) - Date.now() : 0;
  const update = () => {
    const now = Date.now() + ahead;
    let any = false;
    for (const row of rows) {
      const on = Date.parse(row.dataset.nowFrom) <= now && now < Date.parse(row.dataset.nowUntil);
      if ('nowRow' in row.dataset) row.classList.toggle('on-now', on);
      else row.hidden = !on;
      any ||= on;
    }
    for (const other of all('[data-now-else]')) other.hidden = any;
  };
  update();
  setInterval(update, 15000);
}

nowOn(all('[data-now-from]'));
