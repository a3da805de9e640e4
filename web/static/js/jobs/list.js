// The list of jobs, kept fresh by the portal's feed.
import { showTimes } from "../times.js";
import "./choose.js";

const form = document.querySelector("#jobs");
if (form) follow();

function follow() {
  const news = document.querySelector("#news");
  const changed = new Set();
  const arrived = new Set();
  const told = new Map();
  let due = 0;
  const row = (number) => form.querySelector(`tr[data-job="${number}"]`);

  async function fetchRows() {
    due = 0;
    const numbers = [...changed];
    changed.clear();
    let text = "";
    try {
      const answer = await fetch(`/jobs/rows?${numbers.map((number) => `job=${number}`).join("&")}`);
      if (!answer.ok || answer.redirected) return;
      text = await answer.text();
    } catch { // the next event asks for them too
      for (const number of numbers) changed.add(number);
      return;
    }
    for (const fresh of new DOMParser().parseFromString(text, "text/html").querySelectorAll("tr[data-job]")) {
      const old = row(fresh.dataset.job);
      if (!old) continue;
      const made = document.importNode(fresh, true);
      const box = old.querySelector("input[name=job]");
      made.querySelector("input[name=job]").checked = box.checked;
      const before = old.querySelector(".state").textContent;
      const after = made.querySelector(".state").textContent;
      if (before !== after) {
        told.delete(fresh.dataset.job); // what was told last stands last
        told.set(fresh.dataset.job, form.dataset.changed.replace("{number}", `#${fresh.dataset.job}`).replace("{state}", after));
        made.classList.add("changed");
        setTimeout(() => made.classList.remove("changed"), 3000);
      }
      const focused = old.contains(document.activeElement) ? document.activeElement : null;
      const which = focused && [...old.querySelectorAll("a, input")].indexOf(focused);
      old.replaceWith(made);
      showTimes(made);
      if (focused) made.querySelectorAll("a, input")[which]?.focus();
    }
    show();
  }

  function show() {
    if (!told.size && !arrived.size) return;
    news.hidden = false;
    news.textContent = [...told.values()].slice(-3).join(" ");
    if (!arrived.size) return;
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = form.dataset.reload;
    news.append(` ${form.dataset.new.replace("{count}", arrived.size)} `, link);
  }

  const feed = new EventSource("/api/v1/events");
  feed.addEventListener("job", (event) => {
    const happened = JSON.parse(event.data);
    const shown = [happened.job, happened.parent].filter((number) => number && row(number));
    if (!shown.length) {
      if (!happened.parent && !happened.old && form.dataset.first) { arrived.add(happened.job); show(); }
      return;
    }
    for (const number of shown) changed.add(number);
    due ||= setTimeout(fetchRows, 200);
  });
  feed.addEventListener("progress", (event) => {
    const said = JSON.parse(event.data);
    const there = row(said.job);
    const bar = there?.querySelector("progress");
    if (bar) {
      bar.value = said.progress;
      const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(said.progress);
      there.querySelector("[data-progress]").textContent = said.message ? `${percent} · ${said.message}` : percent;
    } else if (there && !("ended" in there.dataset)) {
      changed.add(said.job);
      due ||= setTimeout(fetchRows, 200);
    }
  });
  addEventListener("pagehide", () => feed.close());
}
