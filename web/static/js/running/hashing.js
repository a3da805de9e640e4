// The hash of a file, so that one that the portal has is not sent again.
const LARGEST = 256 * 1024 * 1024;
let worker = null;
let turn = Promise.resolve();

/** Returns the SHA-256 in hexadecimal digits; empty where it would take too long, or the browser gives none (no https). */
export function hashOf(file) {
  if (!globalThis.isSecureContext || file.size > LARGEST || file.size === 0) return Promise.resolve("");
  const made = turn.then(() => one(file));  // one after the other: each is in memory as a whole
  turn = made.catch(() => "");
  return made.catch(() => "");
}

function one(file) {
  worker ??= new Worker(new URL("./hash-worker.js", import.meta.url));
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data.hex);
    worker.onerror = () => resolve("");
    worker.postMessage({ at: 0, file });
  });
}
