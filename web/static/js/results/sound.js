// The waveform of a sound, decoded by the browser, with its segments over it; a click or a row of the table jumps there.
const COLOURS = ["#d98200", "#2f7ed8", "#3f9c35", "#b5447a", "#7b5ac7", "#008c95", "#a0522d", "#6b7a00"];
const RATE = 8000; // enough for a picture, and a tenth of the memory

/** Returns the lowest and highest sample of each column. */
export function peaks(samples, columns) {
  const step = samples.length / columns;
  return Array.from({ length: columns }, (_, column) => {
    let low = 0, high = 0;
    const end = Math.min(samples.length, Math.ceil((column + 1) * step));
    for (let at = Math.floor(column * step); at < end; at += 1) {
      const value = samples[at];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return [low, high];
  });
}

const box = document.querySelector("[data-sound]");
const audio = box.querySelector("audio");
const canvas = box.querySelector("canvas");
const said = box.querySelector("[data-said]");
const rows = [...document.querySelectorAll("table.segments tbody tr")];
const segments = rows.map((row) => ({ start: Number(row.dataset.start), end: Number(row.dataset.end), label: row.dataset.label, row }));
const labels = [...document.querySelectorAll("[data-legend] [data-label]")].map((swatch) => swatch.dataset.label);
const colour = (label) => COLOURS[labels.indexOf(label) % COLOURS.length];
for (const swatch of document.querySelectorAll("[data-legend] [data-label]")) swatch.style.background = colour(swatch.dataset.label);

let samples = null, duration = 0;

function draw() {
  const pen = canvas.getContext("2d");
  const scale = devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(canvas.clientWidth * scale));
  canvas.height = Math.round(160 * scale);
  const { width, height } = canvas;
  const style = getComputedStyle(document.documentElement);
  pen.clearRect(0, 0, width, height);
  for (const segment of segments) {
    pen.globalAlpha = 0.35;
    pen.fillStyle = colour(segment.label);
    const from = segment.start / duration * width;
    pen.fillRect(from, 0, Math.max(1, (segment.end - segment.start) / duration * width), height);
    pen.globalAlpha = 1;
    pen.fillRect(from, 0, scale, height);
  }
  pen.globalAlpha = 0.85;
  pen.fillStyle = style.getPropertyValue("--accent");
  peaks(samples, width).forEach(([low, high], column) => {
    pen.fillRect(column, (1 - high) * height / 2, 1, Math.max(1, (high - low) * height / 2));
  });
  pen.globalAlpha = 1;
  pen.fillStyle = style.getPropertyValue("--bad");
  pen.fillRect(audio.currentTime / duration * width, 0, 2 * scale, height);
  canvas.dataset.drawn = String(segments.length);
}

function jump(seconds, play) {
  audio.currentTime = seconds;
  if (play) audio.play().catch(() => {});
}

async function begin() {
  const bytes = await (await fetch(box.dataset.source)).arrayBuffer();
  const decoded = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes);
  samples = decoded.getChannelData(0);
  duration = decoded.duration;
  canvas.hidden = false;
  draw();
  new ResizeObserver(draw).observe(box);
}

canvas.addEventListener("click", (event) => jump(event.offsetX / canvas.clientWidth * duration, false));
document.querySelector("table.segments")?.addEventListener("click", (event) => {
  const row = event.target.closest("tbody tr");
  if (row) jump(Number(row.dataset.start), true);
});
audio.addEventListener("timeupdate", () => {
  for (const { start, end, row } of segments) row.classList.toggle("now", audio.currentTime >= start && audio.currentTime < end);
  if (samples) draw();
});
audio.addEventListener("seeked", () => { if (samples) draw(); });
if (!box.dataset.large) begin().catch(() => { said.textContent = box.dataset.failed; });
