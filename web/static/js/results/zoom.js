// A picture that fits its box, or in its full size in a box that scrolls.
for (const figure of document.querySelectorAll("[data-zoom]")) {
  const tools = figure.querySelector(".tools");
  const button = tools.querySelector("button");
  const image = figure.querySelector("img");
  const toggle = () => {
    const full = figure.classList.toggle("full");
    button.setAttribute("aria-pressed", String(full));
  };
  tools.hidden = false;
  button.addEventListener("click", toggle);
  image.addEventListener("click", toggle);
}
