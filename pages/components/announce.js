// Says a line to screen readers: a live region, which is there before its text changes and outlives
// the page of Streamlit that asked for it.
const ID = "pmf-announcement";

export default function ({ data }) {
  let region = document.getElementById(ID);
  if (!region) {
    region = document.createElement("div");
    region.id = ID;
    region.setAttribute("role", "status");
    region.setAttribute("aria-live", "polite");
    region.style.cssText = "position: fixed; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)";
    document.body.append(region);
  }
  setTimeout(() => {
    if (region.textContent !== data.text) region.textContent = data.text;
  }, 100);
}
