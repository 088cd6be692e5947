// Hides the rectangles of a brush from those who hear a page: Vega draws them as images without a
// name, whether or not there is a box.
const RECTANGLES = ".brush_brush, .brush_brush_bg";

function hide() {
  for (const each of document.querySelectorAll(RECTANGLES)) each.setAttribute("aria-hidden", "true");
}

export default function () {
  hide();
  if (window.pmfBrush) return;
  window.pmfBrush = new MutationObserver(hide); // charts are drawn later, and drawn anew
  window.pmfBrush.observe(document.body, { childList: true, subtree: true });
}
