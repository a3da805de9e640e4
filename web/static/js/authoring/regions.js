// Parts of a page that are taken from a newer copy of it: <section id="…" data-region>. What somebody has typed there and
// not sent stays, and so do the place of the cursor and what was opened.
import { showTimes } from "../times.js";

/** Replaces the regions of this page by those of another document. */
export function takeOver(told, only = () => true) {
  for (const old of document.querySelectorAll("[data-region]")) {
    const made = told.getElementById(old.id);
    if (!made || !only(old) || made.innerHTML === old.dataset.shown) continue;
    const open = [...old.querySelectorAll("details[id]")].map((each) => [each.id, each.open]);
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    const typed = old.dataset.region === "rows" ? [] : typedIn(old);
    const shown = made.innerHTML;
    old.replaceChildren(...made.childNodes);
    old.dataset.shown = shown;
    for (const [id, was] of open) {
      const box = document.getElementById(id);
      if (box) box.open = was;
    }
    for (const [id, value, start, end] of typed) {
      const field = document.getElementById(id);
      if (!field || field.type === "hidden") continue;
      if (field.type === "checkbox") field.checked = value;
      else field.value = value;
      if (id === focused && start !== null) {
        field.focus();
        field.setSelectionRange?.(start, end);
      }
    }
    if (focused) document.getElementById(focused)?.focus();
    showTimes(old);
  }
}

function typedIn(region) {
  const found = [];
  for (const field of region.querySelectorAll("textarea[id], input[id], select[id]")) {
    if (field.type === "checkbox") {
      if (field.checked !== field.defaultChecked) found.push([field.id, field.checked, null, null]);
    } else if (field.tagName === "SELECT" || field.value !== field.defaultValue) {
      const text = field.tagName === "TEXTAREA" || field.type === "text";
      found.push([field.id, field.value, text ? field.selectionStart : null, text ? field.selectionEnd : null]);
    }
  }
  return found;
}
