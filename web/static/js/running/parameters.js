// Presets, and typed fields beside the text that they make: either can be edited, the other follows.
import { call, Refused } from "../api.js";

const LATER = 300;

export class Parameters extends EventTarget {
  constructor(root, errors) {
    super();
    this.root = root;
    this.errors = errors;
    this.url = root.dataset.url;
    this.param = root.querySelector("#run-param");
    this.preset = root.querySelector("#run-preset");
    this.wins = root.querySelector("#run-param-wins");
    this.typed = root.querySelector("#run-typed");
    this.fields = [...root.querySelectorAll("[data-parameter]")].map((box) => ({
      box, name: box.dataset.parameter, type: box.dataset.type, input: box.querySelector("input, select"),
    }));
    this.turn = 0;
    this.pending = null;
    this.wrong = null;
    this.preset?.addEventListener("change", () => this.#choose());
    this.param.addEventListener("input", () => { this.#unpreset(); this.#later(() => this.#parse()); this.#changed(); });
    for (const { input } of this.fields) input.addEventListener("input", () => { this.#unpreset(); this.#later(() => this.#render()); });
    if (this.preset?.value) this.#choose(); else if (this.fields.length && root.querySelector("#mode-string")?.checked) this.#parse();
  }

  /** Waits until the text is what the fields make; returns what is wrong with a field, or null. */
  async settle() {
    if (this.pending) { clearTimeout(this.pending.timer); const { act } = this.pending; this.pending = null; this.running = act(); }
    await this.running;
    return this.wrong;
  }

  #later(act) {
    clearTimeout(this.pending?.timer);
    this.turn += 1;  // an answer that is on its way is of what stood there before
    this.pending = { act, timer: setTimeout(() => { this.pending = null; this.running = act(); }, LATER) };
  }

  #choose() {
    const chosen = this.preset.selectedOptions[0];
    this.root.querySelector("#run-preset-said").textContent = chosen.dataset.said ?? "";
    if (!this.preset.value) return;
    this.param.value = chosen.dataset.param;
    this.#changed();
    clearTimeout(this.pending?.timer);
    this.pending = null;
    this.running = this.#parse();
  }

  #unpreset() {
    if (!this.preset?.value) return;
    this.preset.value = "";
    this.root.querySelector("#run-preset-said").textContent = "";
  }

  #values() {
    const given = {};
    for (const { name, type, input } of this.fields) {
      if (type === "flag") { if (input.checked) given[name] = true; continue; }
      if (type === "number" && input.validity.badInput) { given[name] = "?"; continue; }
      if (input.value === "") continue;
      given[name] = type === "number" ? Number(input.value) : input.value;
    }
    return given;
  }

  async #render() {
    const turn = ++this.turn;
    try {
      const { param } = await call("POST", `${this.url}/render`, { body: { values: this.#values() } });
      if (turn !== this.turn) return;
      this.param.value = param;
      this.#told(null);
      this.#changed();
    } catch (error) {
      if (turn !== this.turn) return;
      const known = this.fields.some(({ name }) => name === error.field);
      this.#told({ field: known ? `value[${error.field}]` : "job[param]", text: error.message });
    }
  }

  async #parse() {
    if (!this.fields.length) return;
    const turn = ++this.turn;
    try {
      const { values } = await call("POST", `${this.url}/parse`, { body: { param: this.param.value } });
      if (turn !== this.turn) return;
      for (const { name, type, input } of this.fields) {
        if (type === "flag") input.checked = Boolean(values[name]); else input.value = values[name] ?? "";
      }
      this.#told(null);
    } catch (error) {
      if (turn !== this.turn) return;
      this.#told(null);
      // It is no error: the app decides what it takes. Only the fields cannot show it.
      this.#raw(error instanceof Refused ? error.message : "");
    }
  }

  #told(wrong) {
    this.wrong = wrong;
    for (const { name } of this.fields) this.errors.clear(`value[${name}]`);
    this.errors.clear("job[param]");
    if (wrong) this.errors.show(wrong.field, wrong.text);
    this.#raw(null);
  }

  #raw(why) {
    if (!this.wins) return;
    this.wins.hidden = why === null;
    this.typed.classList.toggle("unused", why !== null);
    this.wins.textContent = why === null ? "" : `${this.wins.dataset.words}${why ? ` (${why})` : ""}`;
  }

  #changed() { this.dispatchEvent(new Event("change")); }
}
