// Which upload belongs to which file: kept in this browser, so that a reload or another day goes on where it stopped.
const KEY = "allgo-uploads";
const DAY = 86400000;

const read = (store, key, empty) => {
  try { return JSON.parse(store.getItem(key)) ?? empty; } catch { return empty; }
};
const write = (store, key, value) => {
  try { store.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden: a reload begins again */ }
};

/** What tells a file from others without reading it. */
export const fingerprint = (file, name) => [name, file.size, file.lastModified].join("|");

export function recall(print) {
  return read(localStorage, KEY, {})[print]?.id ?? "";
}

export function remember(print, id) {
  const all = read(localStorage, KEY, {});
  for (const [each, { at }] of Object.entries(all)) if (at < Date.now() - 2 * DAY) delete all[each];
  all[print] = { id, at: Date.now() };
  write(localStorage, KEY, all);
}

export function forget(print) {
  const all = read(localStorage, KEY, {});
  delete all[print];
  write(localStorage, KEY, all);
}

/** The rows of this tab's form, for after a reload. */
export const rowsOf = (app) => read(sessionStorage, `allgo-run:${app}`, []);
export const keepRows = (app, rows) => write(sessionStorage, `allgo-run:${app}`, rows);

/** True where no other tab sends to this upload; held until this page is left. */
export function claim(id) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    navigator.locks.request(`allgo-upload-${id}`, { ifAvailable: true }, (lock) => {
      resolve(Boolean(lock));
      return lock ? new Promise(() => {}) : undefined;
    }).catch(() => resolve(true));
  });
}
