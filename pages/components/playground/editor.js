// What opens beside a rating: five stars to choose, hide it from the model, take it away. Each cell
// is a character: 0 without a rating, 1 to 5 told to the model, a to e the same and hidden from it.

const TOLD = "12345";
const HIDDEN = "abcde";

const starsOf = (mark) => (mark === "0" ? 0 : ((TOLD + HIDDEN).indexOf(mark) % 5) + 1);

function changed(cells, at, mark) {
  const next = cells.slice(0, at) + mark + cells.slice(at + 1);
  return [...next].some((each) => TOLD.includes(each)) ? next : null; // a model needs a rating
}

// What a key pressed on a rating makes of it; undefined where it means nothing.
function markOfKey(key, mark) {
  if (TOLD.includes(key) && key.length === 1) return key;
  if (key === "Delete" || key === "Backspace" || key === "0") return "0";
  if (key.toLowerCase() === "h" && mark !== "0") return other(mark);
  return undefined;
}

function other(mark) {
  const from = TOLD.includes(mark) ? TOLD : HIDDEN;
  return (from === TOLD ? HIDDEN : TOLD)[from.indexOf(mark)];
}

function openEditor(place, { button, who, what, mark, choose, close }) {
  const make = (text, label, next, isNow) => {
    const each = document.createElement("button");
    each.type = "button";
    each.textContent = text;
    each.setAttribute("aria-label", label);
    if (isNow !== undefined) each.setAttribute("aria-pressed", String(isNow));
    each.addEventListener("click", () => choose(next));
    return each;
  };
  const title = document.createElement("span");
  title.textContent = `${who}, ${what}`;
  const stars = [...TOLD].map((each, n) => {
    const isNow = starsOf(mark) === n + 1;
    return make(each, `${each} ${n ? "stars" : "star"}`, each, isNow && TOLD.includes(mark));
  });
  const more = [];
  if (mark !== "0") {
    const isTold = TOLD.includes(mark);
    more.push(make(isTold ? "Hide" : "Show", isTold ? "Hide from the model" : "Tell the model", other(mark)));
    more.push(make("Clear", "Take the rating away", "0"));
  }
  place.replaceChildren(title, ...stars, ...more);
  place.setAttribute("aria-label", `Rating of ${what} by ${who}`);
  place.hidden = false;
  const board = place.parentElement.getBoundingClientRect();
  const cell = button.getBoundingClientRect();
  const left = Math.min(cell.left - board.left, board.width - place.offsetWidth);
  place.style.left = `${Math.max(0, left)}px`;
  place.style.top = `${cell.bottom - board.top + 4}px`;
  place.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    close();
    button.focus();
  };
  (stars.find((each) => each.getAttribute("aria-pressed") === "true") ?? stars[2]).focus();
}
