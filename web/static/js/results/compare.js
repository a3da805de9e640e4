// Two pictures one over the other; a slider says where the one ends and the other begins. Without this they stand side by side.
for (const figure of document.querySelectorAll("[data-compare]")) {
  const range = figure.querySelector("input[type=range]");
  const upper = figure.querySelector(".upper");
  const line = figure.querySelector(".line");
  const layers = figure.querySelector(".layers");
  const show = () => {
    upper.style.clipPath = `inset(0 0 0 ${range.value}%)`;
    line.style.left = `${range.value}%`;
    range.setAttribute("aria-valuetext", `${range.value} %`);
  };
  figure.classList.add("live");
  figure.querySelector(".slide").hidden = false;
  range.addEventListener("input", show);
  // The picture itself can be drawn over, too: a hand needs no thin line.
  const follow = (event) => {
    const box = layers.getBoundingClientRect();
    range.value = Math.round(100 * Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
    show();
  };
  layers.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    layers.setPointerCapture(event.pointerId);
    follow(event);
  });
  layers.addEventListener("pointermove", (event) => { if (layers.hasPointerCapture(event.pointerId)) follow(event); });
  show();
}
