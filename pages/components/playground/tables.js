// Matrices as tables: a name for each row and column, a colour for each number.

const MINUS = "\u2212";
const STRONGEST = 60; // percent of a colour behind text that can still be read

const written = (value, digits) => {
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", MINUS);
};

function paint(cell, text, share) {
  const percent = Math.round(STRONGEST * Math.min(1, Math.abs(share)));
  const look = `${text}${share < 0}${percent}`;
  if (cell.look === look) return;
  cell.look = look;
  (cell.firstElementChild ?? cell).textContent = text;
  cell.style.background = percent
    ? `color-mix(in srgb, var(--${share < 0 ? "low" : "high"}) ${percent}%, transparent)`
    : "";
}

// Options: what (the caption), rows and columns (names), kinds of both (for their colour), whether
// names are seen, and onPick(i, j, cell), with which cells are buttons.
function makeTable(place, options) {
  const { what, rows, columns, rowKind, columnKind, seeRows, seeColumns, onPick } = options;
  const table = document.createElement("table");
  table.className = "matrix";
  const caption = table.createCaption();
  caption.textContent = what;
  const head = table.createTHead().insertRow();
  head.className = seeColumns ? "" : "unseen";
  const corner = head.appendChild(document.createElement("td"));
  corner.className = seeRows ? "name" : "name unseen";
  const th = (name, scope, kind, isSeen) => {
    const cell = document.createElement("th");
    cell.scope = scope;
    cell.className = `name ${kind} ${isSeen ? "" : "unseen"}`;
    cell.textContent = name;
    return cell;
  };
  for (const name of columns) head.append(th(name, "col", columnKind, true));
  const body = table.createTBody();
  const cells = rows.map((name, i) => {
    const line = body.insertRow();
    line.append(th(name, "row", rowKind, seeRows));
    return columns.map((_, j) => {
      const cell = line.insertCell();
      if (onPick) {
        const button = cell.appendChild(document.createElement("button"));
        button.type = "button";
        button.tabIndex = i + j ? -1 : 0; // one stop of Tab for a table; arrows lead on
        button.addEventListener("click", () => onPick(i, j, button));
      }
      return cell;
    });
  });
  if (onPick) table.addEventListener("keydown", (event) => walk(event, cells));
  place.replaceChildren(table);
  return cells;
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function walk(event, cells) {
  const step = ARROWS[event.key];
  if (!step) return;
  event.preventDefault();
  const flat = cells.flat().map((cell) => cell.firstElementChild);
  const width = cells[0].length;
  const at = flat.indexOf(event.target);
  const i = Math.floor(at / width) + step[0];
  const j = (at % width) + step[1];
  if (!cells[i]?.[j]) return;
  flat[at].tabIndex = -1;
  flat[i * width + j].tabIndex = 0;
  flat[i * width + j].focus();
}
