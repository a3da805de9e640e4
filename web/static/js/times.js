// <time datetime="…"> in the reader's zone and language; with data-ago, how long ago.
const language = document.documentElement.lang;
const full = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** Returns how long ago, or in how long, a time is, in words. */
export function ago(at, now = Date.now()) {
  const seconds = (at - now) / 1000;
  for (const [unit, length] of UNITS)
    if (Math.abs(seconds) >= length || unit === "second") return relative.format(Math.round(seconds / length), unit);
}

/** Shows every time below an element in the reader's zone. */
export function showTimes(root) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.valueOf())) continue;
    element.title = exact.format(at);
    element.textContent = "ago" in element.dataset ? ago(at) : full.format(at);
  }
}

setInterval(() => {
  for (const element of document.querySelectorAll("time[data-ago]")) element.textContent = ago(new Date(element.dateTime));
}, 15000);
