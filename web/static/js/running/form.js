// The run form with scripts: files are sent as soon as they are chosen, and the job is submitted by the API.
import { call, Refused } from "../api.js";
import { Advice } from "./advice.js";
import { fromDrop, fromField } from "./dropped.js";
import { Errors } from "./errors.js";
import { Files } from "./files.js";
import { Parameters } from "./parameters.js";
import { inUnits } from "./units.js";

const form = document.querySelector("#run-form");
if (form) begin();

function begin() {
  const find = (id) => form.querySelector(`#run-${id}`);
  const { app, mostBytes, mostFiles, rerun, sourceBytes } = form.dataset;
  const errors = new Errors(form);
  const files = new Files(find("list"), find("files-said"), { app, mostBytes: Number(mostBytes), mostFiles: Number(mostFiles) });
  const parameters = new Parameters(find("parameters"), errors);
  const advice = new Advice(find("queues"), find("history"));
  const takes = () => { const field = find("take"); return Boolean(field && (field.type === "hidden" || field.checked)); };
  let leaving = false;
  let key = form.elements.key.value;

  // Files: chosen or dropped.
  for (const field of [find("files"), find("folder")])
    field.addEventListener("change", () => { errors.clear("files"); files.add(fromField(field)); field.value = ""; });
  const zone = find("drop");
  for (const [kind, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]])
    zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.toggle("over", over); });
  zone.addEventListener("drop", async (event) => { errors.clear("files"); files.add(await fromDrop(event.dataTransfer)); });
  // Beside the zone a browser would leave the page and show the file.
  for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault());
  addEventListener("beforeunload", (event) => { if (files.busy && !leaving) event.preventDefault(); });

  // What follows from the files and the fields.
  let shown = "";
  const followed = () => {
    const count = files.entries.length;
    const total = find("total");
    total.hidden = count === 0;
    total.textContent = total.dataset.words.replace("{count}", count).replace("{size}", inUnits(files.bytes));
    const batch = find("batch-count");
    if (batch) batch.textContent = count ? `– ${batch.dataset.words.replace("{count}", count)}` : "";
    const box = find("batch-field");
    if (box) box.hidden = takes();  // what is taken over is one job, as it was
    find("file-names")?.replaceChildren(...files.names.map((name) => Object.assign(document.createElement("option"), { value: name })));
    const now = `${files.names.join("/")} ${files.bytes} ${takes()}`;
    if (now === shown) return;
    shown = now;
    advice.refresh(files.bytes + (takes() ? Number(sourceBytes) : 0));
    code();
  };
  files.addEventListener("change", followed);
  form.addEventListener("change", followed);

  // The fields as the API has them.
  const fields = () => {
    const all = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (name.startsWith("job[") && typeof value === "string" && value !== "") all.set(name, value);
    all.set("job[param]", find("param").value);
    return all;
  };

  // The same as code.
  let waiting = 0;
  const code = () => { clearTimeout(waiting); waiting = setTimeout(write, 300); };
  const write = async () => {
    const body = fields();
    body.set("mode", "string");
    if (takes()) { body.set("from", form.elements.from.value); body.set("take_inputs", "1"); }
    for (const name of files.names.slice(0, 25)) body.append("names", name);
    try {
      const told = await call("POST", find("code").dataset.url, { body });
      for (const [language, text] of Object.entries(told)) form.querySelector(`#code-${language}`).textContent = text;
    } catch { /* what stands there is of a moment ago */ }
  };
  form.addEventListener("input", code);
  parameters.addEventListener("change", code);

  // Submitting.
  const button = find("submit");
  const progress = find("progress");
  const idle = (said = "") => { button.disabled = false; progress.textContent = said; };
  const refuse = (field, text) => { idle(); errors.show(field, text)?.focus(); };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    errors.clearAll();
    const wrong = await parameters.settle();
    if (wrong) { refuse(wrong.field, wrong.text); return; }
    if (files.busy) progress.textContent = form.dataset.sending;
    await files.settled();
    const stuck = files.stuck;
    if (stuck) { refuse("files", `${stuck.name}: ${stuck.said.textContent}`); return; }
    progress.textContent = form.dataset.submitting;
    const body = fields();
    if (!takes()) body.set("job[webapp_name]", app);
    if (files.ids.length) body.set("job[uploads]", files.ids.join(" "));
    try {
      const made = await call("POST", takes() ? rerun : "/api/v1/jobs", { body: takes() ? ofRerun(body) : body, headers: { "Idempotency-Key": key } });
      files.taken();
      leaving = true;
      location.assign(`/jobs/${made.id}`);
    } catch (error) {
      if (!(error instanceof Refused)) { refuse("", form.dataset.unreachable); return; }
      if (error.status === 422) key = `${form.elements.key.value}-${Date.now()}`;
      refuse(error.field, error.message);
    }
  });

  files.restore().then(() => { followed(); });
  followed();
  errors.top.hidden || errors.top.focus();
}

/** The fields of a re-run have no job[…] around them; one that is empty is as it was. */
function ofRerun(fields) {
  const made = new URLSearchParams();
  for (const [name, value] of fields) if (name !== "job[batch]") made.set(name.slice(4, -1), value);
  return made;
}
