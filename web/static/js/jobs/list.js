// The list of jobs, kept fresh by the portal's feed.
import { showTimes } from "../times.js";
import "./choose.js";

const form = document.querySelector("#jobs");
if (form) follow();

function follow() {
  const news = document.querySelector("#news");
  const changed = new Set();
  const arrived = new Set();
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
    } catch { return; } // the next event asks again
    const sentences = [];
    for (const fresh of new DOMParser().parseFromString(text, "text/html").querySelectorAll("tr[data-job]")) {
      const old = row(fresh.dataset.job);
      if (!old) continue;
      const made = document.importNode(fresh, true);
      const box = old.querySelector("input[name=job]");
      made.querySelector("input[name=job]").checked = box.checked;
      const before = old.querySelector(".state").textContent;
      const after = made.querySelector(".state").textContent;
      if (before !== after) {
        sentences.push(form.dataset.changed.replace("{number}", `#${fresh.dataset.job}`).replace("{state}", after));
        made.classList.add("changed");
        setTimeout(() => made.classList.remove("changed"), 3000);
      }
      const focused = old.contains(document.activeElement) ? document.activeElement : null;
      const which = focused && [...old.querySelectorAll("a, input")].indexOf(focused);
      old.replaceWith(made);
      showTimes(made);
      if (focused) made.querySelectorAll("a, input")[which]?.focus();
    }
    show(sentences);
  }

  function show(sentences) {
    if (!sentences.length && !arrived.size) return;
    news.hidden = false;
    news.textContent = sentences.slice(-5).join(" ");
    if (!arrived.size) return;
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = form.dataset.reload;
    news.append(` ${form.dataset.new.replace("{count}", arrived.size)} `, link);
  }

  const feed = new EventSource("/api/v1/events");
  feed.addEventListener("job", (event) => {
    const told = JSON.parse(event.data);
    const shown = [told.job, told.parent].filter((number) => number && row(number));
    if (!shown.length) {
      if (!told.parent && !told.old && form.dataset.first) { arrived.add(told.job); show([]); }
      return;
    }
    for (const number of shown) changed.add(number);
    due ||= setTimeout(fetchRows, 200);
  });
  feed.addEventListener("progress", (event) => {
    const told = JSON.parse(event.data);
    const there = row(told.job);
    const bar = there?.querySelector("progress");
    if (bar) {
      bar.value = told.progress;
      const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(told.progress);
      there.querySelector("[data-progress]").textContent = told.message ? `${percent} · ${told.message}` : percent;
    } else if (there && !("ended" in there.dataset)) {
      changed.add(told.job);
      due ||= setTimeout(fetchRows, 200);
    }
  });
  addEventListener("pagehide", () => feed.close());
}
