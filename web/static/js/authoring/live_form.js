// <form data-live-form>: what the server makes of what was typed is shown as it is typed, and rows are added, moved and
// removed without the page being loaded anew. The server makes the page as without scripts; parts of it are taken over.
// Nothing is saved by this.
import { takeOver } from "./regions.js";

const WAIT_MS = 300;
/** What a button of these leads to is shown in place; all others send the form. */
const IN_PLACE = /^(preview|add|(up|down|remove)-\d+)$/;

for (const form of document.querySelectorAll("form[data-live-form]")) live(form);

function live(form) {
  let timer = 0;
  let running = null;

  const ask = async (button, only) => {
    running?.abort();
    const here = running = new AbortController();
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form, button)) if (typeof value === "string") body.append(name, value);
    if (!button) body.set("do", "preview");
    try {
      const answer = await fetch(form.action, { method: "POST", body, signal: here.signal });
      const text = await answer.text();
      if (here.signal.aborted) return;
      const told = new DOMParser().parseFromString(text, "text/html");
      if (!told.querySelector("form[data-live-form]")) {
        // Signed out, or the form is too old: what was typed stays, and the portal's own sentence is shown above it.
        problem(form, told.querySelector("main .lead, main h1")?.textContent ?? `${answer.status}`);
        return;
      }
      problem(form, "");
      takeOver(told, only);
      if (button) settle(form, button.value);
    } catch (error) {
      if (error.name !== "AbortError") console.warn(error);
    }
  };

  form.addEventListener("input", (event) => {
    form.dataset.changed = "";
    clearTimeout(timer);
    const inside = event.target.closest("[data-region]")?.id;
    // What is typed into is not replaced: only what follows from it.
    timer = setTimeout(() => ask(null, (region) => region.id !== inside && region.dataset.region !== "rows"), WAIT_MS);
  });
  form.addEventListener("change", (event) => {
    if (!("reshapes" in event.target.dataset)) return;
    clearTimeout(timer);
    ask(null, () => true);
  });
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || !IN_PLACE.test(button.value)) {
      delete form.dataset.changed;
      return;
    }
    event.preventDefault();
    clearTimeout(timer);
    form.dataset.changed = "";
    ask(button, () => true);
  });
  addEventListener("beforeunload", (event) => {
    if ("changed" in form.dataset && "guard" in form.dataset) event.preventDefault();
  });
}

function problem(form, words) {
  let shown = form.querySelector(":scope > [data-problem]");
  if (!shown) {
    shown = document.createElement("p");
    shown.dataset.problem = "";
    shown.className = "message bad";
    shown.setAttribute("role", "alert");
    form.prepend(shown);
  }
  shown.textContent = words;
  shown.hidden = !words;
}

/** Puts the focus where the row went: a keyboard goes on from there. */
function settle(form, done) {
  const [what, number] = done.split("-");
  const at = Number(number);
  const rows = form.querySelectorAll(".row-box");
  if (what === "up") focus(form, [`up-${at - 1}`, `down-${at - 1}`]);
  else if (what === "down") focus(form, [`down-${at + 1}`, `up-${at + 1}`]);
  else if (what === "remove") focus(form, [`remove-${Math.min(at, rows.length - 1)}`, "add"]);
  else if (what === "add") rows[rows.length - 1]?.querySelector("input, select, textarea")?.focus();
}

function focus(form, values) {
  for (const value of values) {
    const button = form.querySelector(`button[value="${value}"]:not([disabled])`);
    if (button) {
      button.focus();
      return;
    }
  }
}
