// A notice of the browser at a job's end, where its reader asked for it; as long as the page is open.

/** Shows the button; returns what gives the notice. */
export function offerNotice(place) {
  let wanted = false;
  if (place && "Notification" in window) {
    place.hidden = false;
    const button = place.querySelector("button");
    button.addEventListener("click", async () => {
      wanted = (await Notification.requestPermission()) === "granted";
      place.querySelector("[role=status]").textContent = wanted ? place.dataset.on : place.dataset.refused;
      button.hidden = wanted;
    });
  }
  return (words) => {
    if (!wanted) return;
    wanted = false;
    place.hidden = true;
    const shown = new Notification(place.dataset.title, { body: words, tag: location.pathname });
    shown.addEventListener("click", () => { window.focus(); shown.close(); });
  };
}
