// Beside each queue: when a job would start, and how many such jobs end in time. It never keeps anybody from submitting.
import { call } from "../api.js";

const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(language, { timeStyle: "short" });
const dated = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const SOON = 10000;

export class Advice {
  constructor(root, history) {
    this.root = root;
    this.history = history;
    this.asked = null;
  }

  /** Asks for inputs of so many bytes, a moment later: files come one after the other. */
  refresh(bytes) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(bytes), 400);
  }

  async #ask(bytes) {
    this.asked?.abort();
    this.asked = new AbortController();
    const { signal } = this.asked;
    try {
      const told = await call("GET", `${this.root.dataset.url}${bytes ? `?input_bytes=${bytes}` : ""}`, { signal });
      if (signal.aborted) return;
      for (const queue of told.queues) this.#show(queue, told.recommended);
      this.history.textContent = told.history.jobs
        ? this.history.dataset[told.history.alike ? "alike" : "many"].replace("{count}", told.history.jobs) : "";
    } catch (error) {
      if (error.name === "AbortError") return;
      for (const place of this.root.querySelectorAll("[data-advice]")) place.textContent = "";
      this.history.textContent = this.root.dataset.failed;
    }
  }

  #show(queue, recommended) {
    const place = [...this.root.querySelectorAll("[data-advice]")].find((each) => each.dataset.advice === queue.name);
    if (!place) return;
    place.textContent = this.#sentence(queue, place.dataset.span);
    place.parentElement.querySelector("[data-recommended]").hidden = queue.name !== recommended;
  }

  #sentence(queue, span) {
    const words = this.root.dataset;
    if (queue.refused) return words.refused.replace("{why}", queue.refused);
    const at = queue.starts_at ? new Date(queue.starts_at) : null;
    const parts = [queue.closed ? words.closed : at === null ? words.silent : at - Date.now() < SOON ? words.now
      : words.about.replace("{time}", (at - Date.now() < 43200000 ? clock : dated).format(at))];
    parts.push(queue.within_limit === null ? words.unknown
      : words.within.replace("{share}", `${Math.round(100 * queue.within_limit)} %`).replace("{span}", span));
    return parts.join("; ");
  }
}
