// Beside Streamlit's "Download as PNG" of each chart the same as SVG, of what is drawn on the page.
const BAR = '[data-testid="stElementToolbar"]', BUTTON = '[data-testid="stElementToolbarButton"]';
const PNG = "Download as PNG", SVG = "Download as SVG";
const OURS = "pmf-save-svg";

function save(drawn, name) {
  const copy = drawn.cloneNode(true), { color, backgroundColor } = getComputedStyle(drawn);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  // What has the colour of the page keeps it elsewhere, and stays legible.
  copy.style.cssText = `color: ${color}; background-color: ${backgroundColor}`;
  const text = new XMLSerializer().serializeToString(copy), link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  link.download = `${name.replace(/[^\w]+/g, "-").slice(0, 60)}.svg`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function add(png, place) {
  const made = png.closest(BUTTON).cloneNode(true), button = made.querySelector("button");
  const name = png.getAttribute("aria-label").replace(PNG, SVG);
  made.classList.add(OURS);
  button.setAttribute("aria-label", name);
  button.title = SVG;
  button.textContent = "SVG";
  button.style.cssText = "font-size: 0.65rem; font-weight: 600";
  button.addEventListener("click", () =>
    save(place.querySelector("svg.marks"), name.replace(`${SVG}: `, "")),
  );
  png.closest(BUTTON).after(made);
}

function offer() {
  for (const bar of document.querySelectorAll(BAR)) {
    const png = bar.querySelector(`button[aria-label^="${PNG}"]`), ours = bar.querySelector(`.${OURS}`);
    const is_drawn = png && bar.parentElement.querySelector("svg.marks");
    if (is_drawn && !ours) add(png, bar.parentElement);
    if (!is_drawn) ours?.remove(); // its numbers are shown instead
  }
}

function paint_in_color_of_page() {
  // A PNG is painted on a canvas that is on no page, where the colour of the page would be black.
  const paints = CanvasRenderingContext2D.prototype;
  const fill = Object.getOwnPropertyDescriptor(paints, "fillStyle");
  const color = () => getComputedStyle(document.querySelector('[data-testid="stApp"]')).color;
  const set = function (style) {
    fill.set.call(this, style === "currentColor" ? color() : style);
  };
  Object.defineProperty(paints, "fillStyle", { ...fill, set });
}

export default function () {
  offer();
  if (window.pmfSaveSvg) return;
  paint_in_color_of_page();
  window.pmfSaveSvg = new MutationObserver(offer); // charts are drawn later, and drawn anew
  window.pmfSaveSvg.observe(document.body, { childList: true, subtree: true });
}
