// The chosen files: rows, and what sends them, a few at a time, as soon as they are chosen.
import { call } from "../api.js";
import { hashOf } from "./hashing.js";
import { claim, fingerprint, forget, keepRows, recall, remember, rowsOf } from "./remembered.js";
import { makeRow, noteProgress, showRow } from "./row.js";
import { Upload } from "./tus.js";
import { inUnits } from "./units.js";

const AT_ONCE = 3;
const CHUNK = 16 * 1024 * 1024;

export class Files extends EventTarget {
  constructor(list, said, { app, mostBytes, mostFiles }) {
    super();
    Object.assign(this, { list, said, app, mostBytes, mostFiles, entries: [] });
  }

  get bytes() { return this.entries.reduce((sum, each) => sum + each.size, 0); }
  get names() { return this.entries.map((each) => each.name); }
  get ids() { return this.entries.map((each) => each.id); }
  get busy() { return this.entries.some((each) => ["waiting", "hashing", "sending", "retrying"].includes(each.state)); }
  /** The first that keeps the job from being submitted, and will not get there by itself. */
  get stuck() { return this.entries.find((each) => ["failed", "again"].includes(each.state)); }

  /** Adds [file, path] pairs; one that was begun before a reload goes on. */
  add(pairs) {
    let added = 0;
    for (const [file, path] of pairs) {
      const name = path.split("/").filter(Boolean).join("_");  // as the portal names it
      const print = fingerprint(file, name);
      const begun = this.entries.find((each) => each.print === print && each.state !== "failed");
      if (begun) {
        if (begun.state === "again") this.#go(Object.assign(begun, { file, path }));
        continue;
      }
      added += 1;
      const entry = this.#enter({ file, path, name, print, size: file.size, state: "waiting", offset: 0, id: "" });
      const why = this.#refusal(entry);
      if (why) this.#fail(entry, why);
    }
    if (added > 1) this.#say("added", { count: added, size: inUnits(this.bytes) });
    this.#pump();
    this.#changed();
  }

  /** Shows what this tab had begun before it was loaded anew. */
  async restore() {
    for (const kept of rowsOf(this.app)) {
      let told;
      try { told = await call("GET", `/api/v1/uploads/${encodeURIComponent(kept.id)}`); } catch { continue; }
      if (told.size !== kept.size || this.entries.some((each) => each.print === kept.print) || !(await claim(kept.id))) continue;
      this.#enter({ ...kept, file: null, offset: told.offset, state: told.finished ? "ready" : "again" });
    }
    this.#changed();
  }

  /** Forgets the rows: a job has them now. */
  taken() {
    for (const entry of this.entries) forget(entry.print);
    keepRows(this.app, []);
  }

  /** Resolves when nothing is on its way any more. */
  settled() {
    return new Promise((resolve) => {
      const look = () => { if (!this.busy) { this.removeEventListener("change", look); resolve(); } };
      this.addEventListener("change", look);
      look();
    });
  }

  remove(entry) {
    entry.stop?.abort();
    forget(entry.print);
    if (entry.id) call("DELETE", `/api/v1/uploads/${entry.id}`).catch(() => {});  // else it is removed after its time
    const next = entry.row.nextElementSibling?.querySelector("button:last-child") ?? document.querySelector("#run-files");
    entry.row.remove();
    this.entries = this.entries.filter((each) => each !== entry);
    for (const other of this.entries)
      if (other.state === "failed" && other.barred && !this.#refusal(other)) this.#go(other);
    next.focus();
    this.#pump();
    this.#changed();
  }

  #enter(entry) {
    this.entries.push(entry);
    makeRow(entry, this.list, { remove: () => this.remove(entry), retry: () => this.#go(entry) });
    this.list.append(entry.row);
    showRow(entry, this.list);
    return entry;
  }

  /** Why the portal would not take it; it is said before it is sent. */
  #refusal(entry) {
    const before = this.entries.filter((each) => each !== entry && each.state !== "failed");
    const words = this.list.dataset;
    entry.barred = true;
    if (before.some((each) => each.name === entry.name)) return words.sameName;
    if (before.length >= this.mostFiles) return words.tooMany.replace("{most}", this.mostFiles);
    if (before.reduce((sum, each) => sum + each.size, entry.size) > this.mostBytes) return words.tooLarge.replace("{most}", inUnits(this.mostBytes));
    entry.barred = false;
    return "";
  }

  #go(entry) {
    const why = this.#refusal(entry);
    if (why) { this.#fail(entry, why); return; }
    entry.stop?.abort();
    this.#set(entry, "waiting");
    this.#pump();
  }

  #pump() {
    const free = AT_ONCE - this.entries.filter((each) => ["hashing", "sending", "retrying"].includes(each.state)).length;
    for (const entry of this.entries.filter((each) => each.state === "waiting").slice(0, Math.max(0, free))) this.#send(entry);
  }

  async #send(entry) {
    const stop = new AbortController();
    entry.stop = stop;
    const mine = (act) => (...values) => { if (entry.stop === stop && !stop.signal.aborted) act(...values); };
    try {
      this.#set(entry, "hashing");
      entry.sha256 ??= await hashOf(entry.file);
      if (stop.signal.aborted) return;
      if (!entry.id) {
        const id = recall(entry.print);
        if (id && await claim(id)) entry.id = id;
      }
      Object.assign(entry, { speed: 0, marks: [] });
      this.#set(entry, "sending");
      const upload = new Upload(entry.file, {
        id: entry.id, chunk: CHUNK, signal: stop.signal,
        metadata: { filename: entry.path.split("/").pop(), relativePath: entry.path.includes("/") ? entry.path : "", sha256: entry.sha256 },
        on: {
          created: mine((id) => { entry.id = id; claim(id); remember(entry.print, id); this.#keep(); }),
          progress: mine((offset) => {
            noteProgress(entry, offset);
            if (entry.state === "retrying") this.#set(entry, "sending"); else showRow(entry, this.list);
          }),
          retrying: mine(() => this.#set(entry, "retrying")),
        },
      });
      const { id, sent } = await upload.run();
      if (stop.signal.aborted) return;
      Object.assign(entry, { id, known: entry.size > 0 && sent === 0 });
      this.#set(entry, "ready");
      this.#say("ready", { name: entry.name });
    } catch (error) {
      if (error.name === "AbortError" || stop.signal.aborted) return;
      this.#fail(entry, error.message);
    } finally {
      this.#pump();
    }
  }

  #fail(entry, why) {
    entry.why = why;
    this.#set(entry, "failed");
    this.#say("failed", { name: entry.name, why });
  }

  #set(entry, state) {
    entry.state = state;
    showRow(entry, this.list);
    this.#keep();
    this.#changed();
  }

  #keep() {
    keepRows(this.app, this.entries.filter((each) => each.id).map(({ id, name, path, size, print }) => ({ id, name, path, size, print })));
  }

  #say(kind, values) {
    let words = this.list.dataset[`said${kind[0].toUpperCase()}${kind.slice(1)}`];
    for (const [name, value] of Object.entries(values)) words = words.replace(`{${name}}`, value);
    this.said.textContent = words;
  }

  #changed() {
    this.list.hidden = this.entries.length === 0;
    this.dispatchEvent(new Event("change"));
  }
}
