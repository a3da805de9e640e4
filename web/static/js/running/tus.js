// A small client of the tus protocol, 1.0 (resumable uploads): creates, asks how far it is, sends on from there.
import { Refused, token } from "../api.js";

const PLACE = "/api/v1/uploads";
const LONGEST_WAIT = 30;

/** The connection broke, or the portal was not there: to be tried again. */
class Cut extends Error {}

/** One request with progress, which fetch has not; throws Cut. */
function ask(method, url, { headers = {}, body = null, progress, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    const all = { "Tus-Resumable": "1.0.0", "X-CSRF-Token": token, ...headers };
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    if (progress) request.upload.onprogress = (event) => progress(event.loaded);
    request.onload = () => (request.status >= 500 && request.status !== 507) || request.status === 429 || request.status === 408
      ? reject(new Cut(`${request.status}`)) : resolve(request);
    request.onerror = request.ontimeout = () => reject(new Cut("no connection"));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    if (signal?.aborted) { reject(new DOMException("stopped", "AbortError")); return; }
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}

function told(answer) {
  try { return JSON.parse(answer.responseText); } catch { return {}; }
}

const refused = (answer) => new Refused(answer.status, told(answer));

/** Base64 of a text in UTF-8, as Upload-Metadata has it. */
function encoded(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** Waits, but not past the moment in which the browser is online again. */
function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const done = () => { clearTimeout(timer); removeEventListener("online", done); resolve(); };
    const timer = setTimeout(done, seconds * 1000);
    addEventListener("online", done);
    signal?.addEventListener("abort", () => { done(); reject(new DOMException("stopped", "AbortError")); }, { once: true });
  });
}

/** One file on its way. `on` has created(id), progress(bytes), retrying(). */
export class Upload {
  constructor(file, { id = "", metadata, chunk, signal, on }) {
    Object.assign(this, { file, id, metadata, chunk, signal, on, offset: 0, broken: 0 });
  }

  /** Sends what is missing, as often as it takes; returns the upload's id and how many bytes were sent from here. */
  async run() {
    let waits = 0;
    this.sent = 0;
    for (;;) {
      const before = this.offset;
      try {
        await this.#pass();
        return { id: this.id, sent: this.sent };
      } catch (error) {
        if (!(error instanceof Cut)) throw error;
        waits = this.offset > before ? 1 : waits + 1;
        this.on.retrying();
        await pause(navigator.onLine ? Math.min(LONGEST_WAIT, 2 ** (waits - 1)) : LONGEST_WAIT, this.signal);
      }
    }
  }

  async #pass() {
    if (!this.id || !(await this.#look())) await this.#create();
    this.on.progress(this.offset);
    while (this.offset < this.file.size) {
      const answer = await this.#send();
      if (answer.status === 204) {
        const now = Number(answer.getResponseHeader("Upload-Offset"));
        this.sent += now - this.offset;
        this.offset = now;
        this.on.progress(now);
      } else if (answer.status === 404 || answer.status === 410 || told(answer).code === "upload_taken") {
        await this.#create();
      } else if ((answer.status === 409 || answer.status === 460) && this.broken++ < 3) {
        if (!(await this.#look())) await this.#create();
      } else {
        throw refused(answer);
      }
    }
  }

  #send() {
    const { offset } = this;
    return ask("PATCH", `${PLACE}/${this.id}`, {
      headers: { "Upload-Offset": `${offset}`, "Content-Type": "application/offset+octet-stream" },
      body: this.file.slice(offset, offset + this.chunk),
      progress: (loaded) => this.on.progress(offset + loaded),
      signal: this.signal,
    });
  }

  /** Asks how far it is; false where there is no such upload any more, or it is of another length. */
  async #look() {
    const answer = await ask("HEAD", `${PLACE}/${this.id}`, { signal: this.signal });
    if (answer.status !== 200 || Number(answer.getResponseHeader("Upload-Length")) !== this.file.size) return false;
    this.offset = Number(answer.getResponseHeader("Upload-Offset"));
    return true;
  }

  async #create() {
    const words = Object.entries(this.metadata).filter(([, value]) => value).map(([name, value]) => `${name} ${encoded(value)}`);
    const answer = await ask("POST", PLACE, {
      headers: { "Upload-Length": `${this.file.size}`, "Upload-Metadata": words.join(",") }, signal: this.signal,
    });
    if (answer.status !== 201) throw refused(answer);
    this.id = new URL(answer.getResponseHeader("Location"), location.href).pathname.split("/").pop();
    this.offset = Number(answer.getResponseHeader("Upload-Offset"));
    this.on.created(this.id);
  }
}
