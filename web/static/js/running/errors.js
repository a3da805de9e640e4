// What is wrong, beside the field that it is about; announced, since each place is an alert.
const PLACES = { "job[uploads]": "files", "job_id": "from", uploads: "files", paths: "job[paths]" };
const OF_RERUN = new Set(["param", "queue", "version", "memory_mb", "cpus"]);

export class Errors {
  constructor(form) {
    this.form = form;
    this.top = form.querySelector("#run-refused");
  }

  place(field) {
    const name = PLACES[field] ?? (OF_RERUN.has(field) ? `job[${field}]` : field.startsWith("files") ? "files" : field);
    return this.form.querySelector(`[data-wrong="${CSS.escape(name)}"]`);
  }

  #input(place) { return this.form.querySelector(`[aria-describedby~="${CSS.escape(place.id)}"]`) ?? this.form.elements[place.dataset.wrong]; }

  /** Shows a sentence; returns what to focus. */
  show(field, text) {
    const place = this.place(field);
    const where = place ?? this.top;
    where.textContent = text;
    where.hidden = false;
    if (!place) return this.top;
    place.closest("details")?.setAttribute("open", "");
    const input = this.#input(place);
    input?.setAttribute?.("aria-invalid", "true");
    return input?.focus ? input : this.top;
  }

  clear(field) {
    const place = this.place(field);
    if (!place) return;
    place.textContent = "";
    place.hidden = true;
    this.#input(place)?.removeAttribute?.("aria-invalid");
  }

  clearAll() {
    this.top.hidden = true;
    for (const place of this.form.querySelectorAll("[data-wrong]")) this.clear(place.dataset.wrong);
  }
}
