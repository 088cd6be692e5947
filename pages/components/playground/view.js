// All that is on the screen at a moment, drawn anew where it has changed.

const FAR = 2; // stars from the mean at which a colour is strongest

function buildTables(view) {
  const { play, find, onRate, onAsk } = view;
  const { people, films, n_factors: d } = play.data;
  const factors = Array.from({ length: d }, (_, k) => String(k + 1));
  const names = { rows: people, columns: films, rowKind: "people", columnKind: "films" };
  const both = { ...names, seeRows: true, seeColumns: true };
  const product = find(".product");
  find(".board").style.setProperty("--d", d);
  product.dataset.d = d;
  view.tables = {
    told: makeTable(find(".told"), { ...both, what: "R: what they rated", onPick: onRate }),
    items: makeTable(find(".items"), { ...both, what: "V\u2032: films", rows: factors, rowKind: "", seeRows: false }),
    users: makeTable(find(".users"), { ...both, what: "U: people", columns: factors, columnKind: "", seeColumns: false }),
    predicted: makeTable(find(".predicted"), { ...names, what: "predictions", seeRows: false, seeColumns: false, onPick: onAsk }),
    missed: makeTable(find(".missed"), { ...both, what: "R \u2212 prediction: residuals", seeRows: false }),
  };
}

function drawTables(view, frame, isSlow, isSteady) {
  const { play, tables, cell, cells } = view;
  const { data, nUsers, nRows, d } = play;
  const largest = (view.largest ??= play.reach ?? reach(play));
  const mean = data.rating_mean;
  const moving = frame && isSlow && (frame % nRows || view.isStep) ? (frame - 1) % nRows : -1;
  const U = data.people.map((_, i) => play.row(frame, i));
  const V = data.films.map((_, j) => play.row(frame, nUsers + j));
  U.forEach((row, i) => row.forEach((value, k) => mark(tables.users[i][k], value, 2, value / largest, moving === i, cell[0] === i)));
  V.forEach((row, j) => row.forEach((value, k) => mark(tables.items[k][j], value, 2, value / largest, moving === nUsers + j, cell[1] === j)));
  data.people.forEach((who, i) => data.films.forEach((what, j) => {
    const score = play.score(frame, i, j);
    const sign = cells[i * data.films.length + j];
    const stars = starsOf(sign);
    const isHidden = HIDDEN.includes(sign);
    const isMoving = moving === i || moving === nUsers + j;
    const isChosen = cell[0] === i && cell[1] === j;
    mark(tables.predicted[i][j], score, 1, (score - mean) / FAR, isMoving, isChosen);
    const told = tables.told[i][j];
    paint(told, stars ? String(stars) : "", stars && !isHidden ? (stars - mean) / FAR : 0);
    told.classList.toggle("hidden", isHidden);
    told.classList.toggle("moves", isMoving && stars > 0 && !isHidden);
    told.classList.toggle("chosen", isChosen);
    const missed = tables.missed[i][j];
    if (stars) mark(missed, stars - score, 1, (stars - score) / FAR, false, isChosen);
    else mark(missed, 0, -1, 0, false, isChosen);
    missed.classList.toggle("hidden", isHidden);
    if (!isSteady) return;
    const rated = stars ? `${stars} ${data.nouns.unit}${isHidden ? ", hidden from the model" : ""}` : "no rating";
    told.firstElementChild.setAttribute("aria-label", `${who}, ${what}: ${rated}. Change`);
    tables.predicted[i][j].firstElementChild.setAttribute("aria-label", `${who}, ${what}: predicted ${written(score, 1)}. Why?`);
  }));
}

function mark(cell, value, digits, share, moves, isChosen) {
  paint(cell, digits < 0 ? "" : written(value, digits), share);
  cell.classList.toggle("moves", moves);
  cell.classList.toggle("chosen", isChosen);
}

// The product, factor by factor.
function drawTerms(view, frame) {
  const { play, cell, find } = view;
  const [i, j] = cell;
  const { data, nUsers } = play;
  const u = play.row(frame, i);
  const v = play.row(frame, nUsers + j);
  const lines = [["the mean rating", "", written(data.rating_mean, 2)]];
  u.forEach((each, k) => {
    const product = each * v[k];
    const sign = product < 0 ? MINUS : "+";
    lines.push([`factor ${k + 1}`, `${written(each, 2)} \u00d7 ${written(v[k], 2)}`, `${sign} ${written(Math.abs(product), 2)}`]);
  });
  lines.push([`= ${data.people[i]} on ${data.films[j]}`, "", written(play.score(frame, i, j), 2)]);
  const body = find(".terms tbody");
  while (body.rows.length > lines.length) body.deleteRow(-1);
  lines.forEach((texts, n) => {
    const row = body.rows[n] ?? body.insertRow();
    while (row.cells.length < 3) row.insertCell();
    texts.forEach((text, k) => {
      if (row.cells[k].textContent !== text) row.cells[k].textContent = text;
    });
    row.className = n === lines.length - 1 ? "total" : "";
  });
}

function drawSpread(view, frame) {
  const { play, cell, find, ghost } = view;
  const [i, j] = cell;
  const { data } = play;
  find(".which").textContent = `Why this number? ${data.people[i]}, ${data.films[j]}`;
  const n = play.drawsBy(frame);
  let text = "A MAP is one number: it does not say how sure it is.";
  if (data.method === "Gibbs") text = "Warm-up: no draw counts yet.";
  if (n) {
    const { mean, sd } = play.spread(n, i, j);
    text = `${n} ${n === 1 ? "draw" : "draws"}: mean ${written(mean, 2)}, sd ${written(sd, 2)}`;
    if (ghost) text += `. Before your change: sd ${written(ghost.sd, 2)}`;
  }
  find(".spread").textContent = text;
}
