// Ticking all boxes of a list of jobs at once, and telling how many are ticked.
const form = document.querySelector("#jobs");
if (form) {
  const boxes = () => [...form.querySelectorAll("input[name=job]")];
  const count = document.querySelector("#count");
  const tell = () => {
    const chosen = boxes().filter((box) => box.checked).length;
    count.textContent = chosen === 0 ? "" : chosen === 1 ? count.dataset.one : count.dataset.many.replace("{count}", chosen);
  };
  form.addEventListener("change", tell);
  document.querySelector("#all").addEventListener("click", (event) => {
    event.preventDefault();
    const all = boxes();
    const wanted = !all.every((box) => box.checked);
    for (const box of all) box.checked = wanted;
    tell();
  });
  tell();
}
