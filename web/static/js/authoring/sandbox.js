// The page of a sandbox follows what happens: events of the portal's own stream say when, the page itself says what.
import { takeOver } from "./regions.js";

const live = document.getElementById("live");
const told = document.getElementById("told");
let asking = false;
let again = false;

async function renew() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  do {
    again = false;
    try {
      const answer = await fetch(location.href);
      if (answer.ok && !answer.redirected) takeOver(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch (error) {
      console.warn(error);
    }
  } while (again);
  asking = false;
  follow();
}

/** Keeps the end of the log in sight, unless somebody reads further up. */
function follow(log = document.getElementById("log"), atEnd = true) {
  if (log && atEnd) log.scrollTop = log.scrollHeight;
}

function progress(said) {
  const log = document.getElementById("log");
  if (!log || log.dataset.commit !== String(said.commit)) {
    renew();
    return;
  }
  const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 8;
  if (log.textContent !== said.log) {
    // What was there and goes on is not written anew: a selection in it stays.
    if (said.log.startsWith(log.textContent)) log.append(said.log.slice(log.textContent.length));
    else log.textContent = said.log;
  }
  follow(log, atEnd);
  const bar = document.getElementById("commit-progress");
  if (said.percent === null) bar.removeAttribute("value");
  else bar.value = said.percent;
  document.getElementById("commit-percent").textContent = said.percent === null ? "" : `${said.percent} %`;
}

if (live && window.EventSource) {
  const stream = new EventSource(live.dataset.events);
  let opened = false;
  stream.addEventListener("open", () => {
    told.textContent = "";
    // Between the page and the stream, or while the connection was lost, something may have happened.
    if (opened || document.readyState !== "loading") renew();
    opened = true;
  });
  stream.addEventListener("error", () => { told.textContent = live.dataset.lost; });
  stream.addEventListener("sandbox", renew);
  stream.addEventListener("commit", renew);
  stream.addEventListener("progress", (event) => progress(JSON.parse(event.data)));
}
follow();
