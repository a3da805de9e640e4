// Follows a job: the stream of its events tells when something changed; while there is none the page asks by itself.

const LONGEST_WAIT_MS = 15000;
const SILENT_MS = 30000; // the stream gives a sign of life every 10 s

/** Reads lines of JSON from a stream until it ends; calls back for each. Returns whether it was told to its end. */
export async function readLines(body, tell, alive = () => {}) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return false;
    alive();
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      if (!line) continue;
      const told = JSON.parse(line);
      if ("eof" in told) return true;
      tell(told);
    }
  }
}

/**
 * Follows until the job has ended.
 * stream: address of the events; empty where the reader may only look: then the page is asked now and then.
 * changed(): fetch what is new; throws where the portal cannot be reached; returns true once the job has ended.
 * connected(bool): whether the portal is reached.
 */
export async function follow({ stream, changed, connected }) {
  let failures = 0;
  for (;;) {
    try {
      const over = await changed();
      connected(true);
      if (over) return;
      if (stream) await listen(stream, changed, () => { failures = 0; });
      if (await changed()) return;
    } catch {
      failures += 1;
      if (failures > 1) connected(false);
    }
    // A stream that ends at once (all places are taken) or none at all: asked every few seconds.
    await sleep(Math.min(LONGEST_WAIT_MS, failures ? 500 * 2 ** failures : 3000));
  }
}

async function listen(stream, changed, wasAlive) {
  const stop = new AbortController();
  let watch;
  const alive = () => {
    wasAlive();
    clearTimeout(watch);
    watch = setTimeout(() => stop.abort(), SILENT_MS);
  };
  // A portal that does not answer is tried again from the start, though the stream may not know of it yet.
  let failed = false;
  const again = gently(changed, () => { failed = true; stop.abort(); });
  // What no event tells: the time that is gone, the place in the queue.
  const now_and_then = setInterval(again, 15000);
  alive();
  try {
    const answer = await fetch(stream, { signal: stop.signal, headers: { Accept: "application/x-ndjson" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    await readLines(answer.body, (told) => { if ("state" in told || "progress" in told) again(); }, alive);
  } catch (error) {
    if (failed || !stop.signal.aborted) throw error;
  } finally {
    clearTimeout(watch);
    clearInterval(now_and_then);
    stop.abort();
  }
}

/** Calls at once, and at most once a second; one call at a time, and one more where it was asked for meanwhile. */
function gently(call, failed) {
  let busy = false;
  let wanted = false;
  return async () => {
    if (busy) { wanted = true; return; }
    busy = true;
    try {
      do {
        wanted = false;
        await call();
        await sleep(1000);
      } while (wanted);
    } catch { failed(); } finally { busy = false; }
  };
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
