// One row of the list of files: its name, how far it is, what can be done.
import { inSpan, inUnits } from "./units.js";

/** Returns the element of an entry; the words are those of the list. */
export function makeRow(entry, list, { remove, retry }) {
  const row = document.createElement("li");
  const name = document.createElement("bdi");
  name.textContent = entry.name;
  const size = document.createElement("span");
  size.className = "size";
  size.textContent = inUnits(entry.size);
  const head = document.createElement("span");
  head.className = "name";
  head.append(name, " ", size);
  const bar = document.createElement("progress");
  bar.max = Math.max(1, entry.size);
  bar.setAttribute("aria-label", entry.name);
  const said = document.createElement("span");
  said.className = "said";
  const buttons = document.createElement("span");
  buttons.className = "buttons";
  const button = (kind, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm btn-outline-secondary";
    made.textContent = list.dataset[`${kind}Word`];
    made.setAttribute("aria-label", list.dataset[kind].replace("{name}", entry.name));
    made.addEventListener("click", act);
    buttons.append(made);
    return made;
  };
  const again = button("retry", retry);
  button("remove", remove);
  row.append(head, bar, said, buttons);
  return Object.assign(entry, { row, bar, said, again });
}

/** Shows how an entry is now. */
export function showRow(entry, list) {
  const words = list.dataset;
  entry.row.className = entry.state;
  entry.row.dataset.state = entry.state;
  entry.bar.value = entry.state === "ready" ? entry.bar.max : entry.offset;
  entry.bar.hidden = ["ready", "failed"].includes(entry.state);
  entry.again.hidden = !["failed", "retrying"].includes(entry.state) || !entry.file;
  entry.said.textContent = {
    waiting: words.waiting, hashing: words.hashing, retrying: words.retrying, failed: entry.why,
    ready: entry.known ? words.known : words.ready,
    again: words.again.replace("{share}", `${Math.floor(100 * entry.offset / Math.max(1, entry.size))} %`),
    sending: entry.speed ? words.sending.replace("{speed}", inUnits(entry.speed)).replace("{left}", inSpan((entry.size - entry.offset) / entry.speed, words)) : words.starting,
  }[entry.state];
}

/** Notes that more of it is there, and how fast that goes: over the last seconds, for a speed that can be read. */
export function noteProgress(entry, offset, now = performance.now()) {
  if (offset < entry.offset) entry.marks = [];
  entry.offset = offset;
  entry.marks = [...(entry.marks ?? []).filter(([at]) => at > now - 5000), [now, offset]];
  const [at, first] = entry.marks[0];
  entry.speed = now - at > 400 ? Math.max(0, (offset - first) / ((now - at) / 1000)) : 0;
}
