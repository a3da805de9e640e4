// A window on a log of any length: parts of it are fetched by byte, a bounded number of lines is kept.
import { Terminal } from "./ansi.js";
import { sleep } from "./live.js";

const PART = 65536;
const MOST_LINES = 12000;
const MOST_BYTES = 1024 * 1024;
const AHEAD = 4 * PART; // a log that grew more than that since the last look: its end is shown, not all of it

export class LogView {
  constructor(box, ended) {
    this.box = box;
    this.ended = ended;
    this.address = box.dataset.address;
    this.lines = box.querySelector(".log-lines");
    this.status = box.querySelector(".log-status");
    this.following = true;
    this.busy = null;
    this.chunks = [];
    this.size = Number(box.dataset.size);
    this.#wire();
    this.#run();
  }

  get start() { return this.chunks[0]?.start ?? 0; }
  get end() { return this.chunks.at(-1)?.end ?? 0; }

  /** Looks for what is new at once. */
  look() { this.wake?.(); }

  async #run() {
    let wait = 500;
    await this.#once(() => this.#toEnd(), true);
    for (;;) {
      const ended = this.ended();
      const before = this.end;
      const reached = document.hidden && !ended ? true : await this.#once(() => this.#follow());
      if (ended && reached && (this.end >= this.size || !this.following)) break;
      wait = reached ? (this.end > before ? 500 : Math.min(2000, wait * 1.5)) : 4000;
      await Promise.race([sleep(wait), new Promise((wake) => { this.wake = wake; })]);
    }
    this.#tell();
  }

  /** Does one thing at a time; returns whether the portal was reached. */
  async #once(act, atFirst = false) {
    while (this.busy) await this.busy;
    let done;
    this.busy = new Promise((resolve) => { done = resolve; });
    try {
      await act();
      this.#tell();
      return true;
    } catch {
      this.status.textContent = this.box.dataset.away;
      if (atFirst) this.following = true;
      return false;
    } finally {
      this.busy = null;
      done();
    }
  }

  async #fetch(query) {
    const answer = await fetch(`${this.address}?${new URLSearchParams(query)}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const told = await answer.json();
    if ("size" in told) this.size = told.size;
    return told;
  }

  async #follow() {
    if (!this.following) { await this.#fetch({ offset: this.end, length: 0 }); return; }
    const told = await this.#fetch({ offset: this.end, length: PART });
    if (told.size < this.end || told.size - this.end > AHEAD) return this.#toEnd();
    this.#append(told);
    for (let parts = 0; this.end < this.size && this.following && parts < AHEAD / PART; parts += 1) {
      const next = await this.#fetch({ offset: this.end, length: PART });
      if (next.end === next.start) break;
      this.#append(next);
    }
  }

  async #toEnd() {
    const told = await this.#fetch({ length: PART });
    this.#clear();
    this.#append(told);
    this.following = true;
    this.lines.scrollTop = this.lines.scrollHeight;
  }

  async #toOffset(offset) {
    // From some lines before it on.
    const told = await this.#fetch({ offset: Math.max(0, offset - 2048), length: PART, whole: 1 });
    this.following = false;
    this.#clear();
    this.#append(told.start > offset ? await this.#fetch({ offset, length: PART }) : told);
    this.lines.scrollTop = 0;
  }

  #clear() {
    this.chunks = [];
    this.lines.replaceChildren();
  }

  #append(told) {
    if (told.end === told.start) return;
    let chunk = this.chunks.at(-1);
    // A line that has not ended goes on; small pieces become one.
    if (!chunk || chunk.end !== told.start || (chunk.bytes > PART && !chunk.open)) {
      chunk = this.#newChunk(told.start);
      this.chunks.push(chunk);
      this.lines.append(chunk.element);
    }
    this.#write(chunk, told);
    this.#drop("top");
    if (this.following) this.lines.scrollTop = this.lines.scrollHeight;
  }

  #prepend(told) {
    if (told.end === told.start) return;
    const chunk = this.#newChunk(told.start);
    this.#write(chunk, told);
    const height = this.lines.scrollHeight;
    this.chunks.unshift(chunk);
    this.lines.prepend(chunk.element);
    this.lines.scrollTop += this.lines.scrollHeight - height;
    this.#drop("bottom");
  }

  #newChunk(start) {
    const element = document.createElement("div");
    element.className = "chunk";
    return { start, end: start, bytes: 0, count: 0, open: null, element, terminal: new Terminal() };
  }

  #write(chunk, told) {
    const fresh = document.createDocumentFragment();
    chunk.open?.remove();
    chunk.open = null;
    for (const pieces of chunk.terminal.feed(told.text)) {
      fresh.append(lineOf(pieces));
      chunk.count += 1;
    }
    if (chunk.terminal.open.length) {
      chunk.open = lineOf(chunk.terminal.open);
      fresh.append(chunk.open);
    }
    chunk.element.append(fresh);
    chunk.end = told.end;
    chunk.bytes += told.end - told.start;
    this.#showTools();
  }

  /** There is something to search and to download from now on. */
  #showTools() {
    this.box.querySelector(".log-empty").hidden = true;
    this.box.querySelector(".log-tools").hidden = false;
    document.querySelector("#log-file").hidden = false;
  }

  #drop(where) {
    const total = (what) => this.chunks.reduce((sum, chunk) => sum + chunk[what], 0);
    while (this.chunks.length > 1 && (total("count") > MOST_LINES || total("bytes") > MOST_BYTES)) {
      if (where === "top") {
        const height = this.lines.scrollHeight;
        this.chunks.shift().element.remove();
        if (!this.following) this.lines.scrollTop -= height - this.lines.scrollHeight;
      } else this.chunks.pop().element.remove();
    }
    // One part of nothing but line feeds: more lines than are kept.
    const only = this.chunks[0];
    while (only && only.element.childElementCount > MOST_LINES * 2) only.element.firstElementChild.remove();
  }

  #wire() {
    this.lines.addEventListener("scroll", () => this.#scrolled());
    for (const button of this.box.querySelectorAll("[data-to]")) {
      button.addEventListener("click", () => this.#once(() => button.dataset.to === "end" ? this.#toEnd() : this.#toOffset(0)).then(() => this.look()));
    }
    const wrap = this.box.querySelector("[data-wrap]");
    const setWrap = (on) => { this.lines.classList.toggle("wrap", on); wrap.setAttribute("aria-pressed", String(on)); };
    setWrap(localStorage.getItem("allgo_log_wrap") !== "no");
    wrap.addEventListener("click", () => {
      const on = !this.lines.classList.contains("wrap");
      setWrap(on);
      localStorage.setItem("allgo_log_wrap", on ? "yes" : "no");
    });
    this.box.querySelector(".log-search").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#once(() => this.#search(this.box.querySelector("#log-words").value));
    });
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.lines;
    const atEnd = scrollHeight - scrollTop - clientHeight < 4;
    if (atEnd && this.end >= this.size) this.following = true;
    else if (!atEnd) this.following = false;
    this.#tell();
    if (this.busy) return;
    if (scrollTop < 200 && this.start > 0 && !this.following) {
      this.#once(async () => this.#prepend(await this.#fetch({ before: this.start, length: PART })));
    } else if (scrollHeight - scrollTop - clientHeight < 200 && this.end < this.size && !this.following) {
      this.#once(async () => this.#append(await this.#fetch({ offset: this.end, length: PART })));
    }
  }

  async #search(words) {
    if (!words.trim()) return;
    this.following = false;
    if (words !== this.words) { this.words = words; this.hit?.classList.remove("hit"); this.hit = null; this.jumped = false; }
    this.status.textContent = this.box.dataset.searching;
    const wanted = words.toLowerCase();
    const all = [...this.lines.querySelectorAll(".line")];
    const from = this.hit ? all.indexOf(this.hit) + 1 : 0;
    const here = all.slice(from).find((line) => line.textContent.toLowerCase().includes(wanted));
    if (here) return this.#mark(here);
    // Not in what is here: the portal looks, after it first, then from the start.
    for (const [offset, until] of [[this.end, Infinity], [0, this.start]]) {
      const place = await this.#searchFar(words, offset, until);
      if (place === null) continue;
      await this.#toOffset(place);
      const line = [...this.lines.querySelectorAll(".line")].find((each) => each.textContent.toLowerCase().includes(wanted));
      if (line) return this.#mark(line);
    }
    const first = all.find((line) => line.textContent.toLowerCase().includes(wanted));
    this.hit?.classList.remove("hit");
    this.hit = null;
    if (first) return this.#mark(first);
    this.found = this.box.dataset.none;
  }

  async #searchFar(words, offset, until) {
    for (let at = offset; at !== null && at < until;) {
      const told = await this.#fetch({ search: words, offset: at });
      if (told.found.length) return told.found[0].offset < until ? told.found[0].offset : null;
      at = told.next;
    }
    return null;
  }

  #mark(line) {
    this.hit?.classList.remove("hit");
    this.hit = line;
    this.found = "";
    line.classList.add("hit");
    line.scrollIntoView({ block: "center" });
  }

  #tell() {
    const { ended, following, paused, more } = this.box.dataset;
    const left = this.size - this.end;
    const parts = this.found ? [this.found] : [];
    this.found = "";
    if (this.ended() && left <= 0) parts.push(ended);
    else parts.push(this.following ? following : paused);
    if (left > 0) parts.push(more.replace("{size}", sizeOf(left)));
    this.status.textContent = parts.join(" · ");
    this.box.dataset.state = this.following ? "following" : "paused";
  }
}

function lineOf(pieces) {
  const line = document.createElement("div");
  line.className = "line";
  for (const { text, classes } of pieces) {
    if (!classes) { line.append(text); continue; }
    const span = document.createElement("span");
    span.className = classes;
    span.textContent = text;
    line.append(span);
  }
  return line;
}

function sizeOf(bytes) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let at = 0;
  while (bytes >= 1024 && at < units.length - 1) { bytes /= 1024; at += 1; }
  return `${new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(bytes)} ${units[at]}`;
}
