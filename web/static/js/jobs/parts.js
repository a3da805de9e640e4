// The parts of the page that change: fetched as the page itself has them, and put in their places where they differ.
import { showTimes } from "../times.js";

// What differs at every fetch and means nothing: proofs of forms, keys that make a double click one job.
const FRESH = /(name="(?:csrf_token|key)" value=")[^"]*/g;

// How a time is shown is the script's business.
const TIMES = /<time datetime="([^"]*)"[^>]*>[^<]*<\/time>/g;

/** Returns the text of a part without what is new each time. */
export const essence = (html) => html.replace(FRESH, "$1").replace(TIMES, "<time $1>");

/** Puts fetched parts in place; known is a map of name to what stands there. Returns the names of those that changed. */
export function place(root, html, known) {
  const fetched = new DOMParser().parseFromString(html, "text/html");
  const changed = [];
  for (const part of fetched.querySelectorAll("[data-part]")) {
    const name = part.dataset.part;
    const text = essence(part.outerHTML);
    if (known.get(name) === text) continue;
    known.set(name, text);
    const old = root.querySelector(`[data-part="${name}"]`);
    if (!old) continue;
    const focused = old.contains(document.activeElement) ? signature(old, document.activeElement) : null;
    const open = [...old.querySelectorAll("details")].map((each) => each.open);
    const chosen = new Map([...old.querySelectorAll("select[id]")].map((each) => [each.id, each.value]));
    const fresh = document.adoptNode(part);
    [...fresh.querySelectorAll("details")].forEach((each, at) => { each.open = open[at] ?? each.open; });
    for (const [id, value] of chosen) {
      const select = fresh.querySelector(`#${CSS.escape(id)}`);
      if (select && [...select.options].some((option) => option.value === value)) select.value = value;
    }
    showTimes(fresh);
    old.replaceWith(fresh);
    if (focused) refocus(fresh, focused);
    document.dispatchEvent(new CustomEvent("job:part", { detail: { name, element: fresh } }));
    changed.push(name);
  }
  return changed;
}

const CONTROLS = "a[href], button, input:not([type=hidden]), select, summary, [tabindex]";
function signature(root, element) {
  return { id: element.id, at: [...root.querySelectorAll(CONTROLS)].indexOf(element) };
}
function refocus(root, { id, at }) {
  const element = (id && root.querySelector(`#${CSS.escape(id)}`)) || root.querySelectorAll(CONTROLS)[at];
  element?.focus({ preventScroll: true });
}
