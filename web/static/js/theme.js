// Runs before anything is drawn, so that a page never flashes in the wrong theme: "as the system" can only be known here.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const theme = root.dataset.theme;
    root.dataset.bsTheme = theme === "system" ? (system.matches ? "dark" : "light") : theme;
  };
  root.classList.add("scripted");
  system.addEventListener("change", apply);
  apply();
})();
