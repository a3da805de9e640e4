// The page of a job: its parts follow the job, its log is a window, this browser tells of the end where that is wanted.
import { follow } from "./live.js";
import { LogView } from "./log.js";
import { offerNotice } from "./notice.js";
import { essence, place } from "./parts.js";

const root = document.querySelector("#job");
const known = new Map();
let words = root.querySelector("[data-part=head]").dataset.words;
let ended = root.dataset.ended === "1";

const box = document.querySelector("#log");
const log = box ? new LogView(box, () => ended) : null;
const notice = offerNotice(document.querySelector("#browser-notice"));

async function changed() {
  const answer = await fetch(root.dataset.partAddress, { headers: { Accept: "text/html" } });
  if (answer.redirected || !answer.ok) throw new Error(`${answer.status}`);
  place(root, await answer.text(), known);
  const head = root.querySelector("[data-part=head]");
  if (head.dataset.words !== words) {
    words = head.dataset.words;
    document.querySelector("#job-said").textContent = words;
    document.title = `${words} – A||GO HPC`;
  }
  ended = FINAL.has(head.dataset.state);
  if (ended) {
    notice(words);
    log?.look();
  }
  return ended;
}

const FINAL = new Set(["done", "error", "timeout", "out_of_memory", "cancelled", "node_failure", "lost"]);

if (!ended) {
  for (const part of root.querySelectorAll("[data-part]")) known.set(part.dataset.part, essence(part.outerHTML));
  follow({
    stream: root.dataset.events,
    changed,
    connected: (is) => { document.querySelector("#not-connected").hidden = is; },
  });
}
