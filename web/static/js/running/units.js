// Numbers as people say them, in the page's language; as web/look/formats.py does.
const language = document.documentElement.lang;
const UNITS = language === "fr" ? ["octets", "Ko", "Mo", "Go", "To"] : ["bytes", "KB", "MB", "GB", "TB"];

/** Returns bytes with their unit. */
export function inUnits(count) {
  if (count === 1) return language === "fr" ? "1 octet" : "1 byte";
  let at = 0;
  while (count >= 1024 && at < UNITS.length - 1) { count /= 1024; at += 1; }
  const digits = at === 0 || count >= 10 ? 0 : 1;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(count)} ${UNITS[at]}`;
}

/** Returns a time span; `words` has one sentence for each unit. */
export function inSpan(seconds, words) {
  if (seconds < 90) return words.seconds.replace("{n}", Math.max(1, Math.round(seconds)));
  if (seconds < 5400) return words.minutes.replace("{n}", Math.round(seconds / 60));
  return words.hours.replace("{n}", new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(seconds / 3600));
}
