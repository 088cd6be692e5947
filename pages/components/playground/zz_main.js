// The playground: plays a fit that the core has worked out. While it plays, nothing is asked of the
// server; only a rating that is changed is told, and a new fit comes back.

const FIRST_ROWS = 3; // a second, at the start; each sweep after it twice as fast, up to
const MOST_ROWS = 144; // twelve sweeps a second
const READABLE = 24; // rows a second up to which it is shown which one moves
const DRAWN_EVERY = 30; // milliseconds
const VIEWS = new WeakMap(); // Streamlit calls again with new data: what is on the screen stays

export default function ({ data, parentElement, setTriggerValue }) {
  let view = VIEWS.get(parentElement);
  if (!view) {
    view = makeView(parentElement);
    VIEWS.set(parentElement, view);
  }
  view.tell = (cells) => setTriggerValue("cells", cells);
  if (view.play?.data !== data) take(view, data);
  view.colors = null; // the theme may have changed
  show(view);
  return () => {
    stop(view);
    view.resized.disconnect();
    VIEWS.delete(parentElement);
  };
}

function makeView(root) {
  const find = (selector) => root.querySelector(selector);
  const view = { find, root: find(".play"), time: 0, cell: null, what: "density", isTurned: true, frames: 0, ghost: null };
  view.calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  view.onRate = (i, j, button) => rate(view, i, j, button);
  view.onAsk = (i, j) => choose(view, i, j);
  find(".toggle").addEventListener("click", () => (view.timer ? stop(view) : start(view)));
  find(".step").addEventListener("click", () => go(view, Math.floor(view.time) + 1, true));
  find(".back").addEventListener("click", () => go(view, Math.ceil(view.time) - 1, true));
  find(".reset").addEventListener("click", () => go(view, 0));
  find(".scrub").addEventListener("input", (event) => go(view, Number(event.target.value)));
  find(".restore").addEventListener("click", () => tell(view, view.play.data.first_cells));
  find(".turn input").addEventListener("change", (event) => {
    view.isTurned = event.target.checked;
    show(view);
  });
  for (const tab of view.root.querySelectorAll(".tabs button")) {
    tab.addEventListener("click", () => {
      view.what = tab.value;
      for (const each of view.root.querySelectorAll(".tabs button")) each.setAttribute("aria-pressed", String(each === tab));
      show(view);
    });
  }
  root.addEventListener("pointerdown", (event) => {
    if (!find(".editor").contains(event.target)) close(view);
  });
  find(".told").addEventListener("keydown", (event) => typed(view, event));
  view.resized = new ResizeObserver(() => show(view));
  view.resized.observe(view.root);
  return view;
}

function take(view, data) {
  const before = view.play;
  const wasAtEnd = before && view.time >= before.last;
  // What the draws said before a change, of a rating or a setting, stays as a dashed line.
  view.ghost = before ? ghostOf(view) : null;
  view.play = playbackOf(data);
  view.largest = null;
  view.cells = data.cells;
  view.cell ??= data.first_cell;
  view.time = wasAtEnd ? view.play.last : Math.min(Math.floor(view.time), view.play.last);
  if (!before || before.d !== view.play.d) buildTables(view);
  view.find(".scrub").max = view.play.last;
  // What is told changes the mean that all predictions start from.
  view.find(".predicted caption").textContent = `${written(data.rating_mean, 1)} + U V\u2032: predictions`;
  view.find(".legend .mean").textContent = `the mean rating, ${written(data.rating_mean, 1)}`;
  const isFirst = data.cells === data.first_cells;
  view.find(".restore").hidden = isFirst;
  view.find(".hint").hidden = !isFirst;
  view.find(".turn").hidden = data.method === "MAP"; // a climb does not turn about
  view.find(".hidden-says").textContent = data.hidden_says;
  view.root.dataset.cells = data.cells;
  view.root.removeAttribute("aria-busy");
  say(view);
}

function ghostOf({ play, time, cell }) {
  const { counts, n } = countsOf(play, Math.floor(time), cell);
  return n ? { counts, n, sd: play.spread(n, ...cell).sd } : null;
}

function start(view) {
  view.isStep = false;
  if (view.time >= view.play.last) view.time = 0;
  close(view);
  view.timer = requestAnimationFrame((now) => tick(view, now));
  view.last = performance.now();
  view.drawn = 0;
  label(view, "Pause");
}

function stop(view) {
  if (!view.timer) return;
  cancelAnimationFrame(view.timer);
  view.timer = null;
  view.time = Math.floor(view.time);
  label(view, "Play");
  show(view);
}

function label(view, text) {
  view.find(".toggle").textContent = text;
}

function rateNow(view) {
  const speed = view.find(".speed select").value;
  const { nRows } = view.play;
  if (speed === "rows") return FIRST_ROWS;
  if (speed === "sweeps" || view.calm.matches) return 2 * nRows;
  return Math.min(MOST_ROWS, FIRST_ROWS * 2 ** (view.time / nRows));
}

function playsWhole(view) {
  return Boolean(view.timer) && (view.calm.matches || view.find(".speed select").value === "sweeps");
}

function tick(view, now) {
  const seconds = Math.min(0.25, (now - view.last) / 1000); // a window that was away does not leap
  view.last = now;
  const before = view.play.sweepsBy(view.time);
  view.time = Math.min(view.play.last, view.time + seconds * rateNow(view));
  if (view.time >= view.play.last) {
    stop(view);
    return;
  }
  const isNew = !playsWhole(view) || view.play.sweepsBy(view.time) !== before;
  if (isNew && now - view.drawn >= DRAWN_EVERY) {
    view.drawn = now;
    show(view);
  }
  view.timer = requestAnimationFrame((then) => tick(view, then));
}

function go(view, frame, isStep = false) {
  stop(view);
  view.time = Math.max(0, Math.min(view.play.last, frame));
  view.isStep = isStep;
  show(view);
}

function choose(view, i, j) {
  view.cell = [i, j];
  view.ghost = null;
  show(view);
}

function show(view) {
  const { find, play, time, cell } = view;
  if (!play) return;
  const isSlow = !view.timer || rateNow(view) <= READABLE;
  const isSteady = !view.timer;
  const calm = view.calm.matches;
  // Whole sweeps, where it is shown or asked for that way.
  const isWhole = playsWhole(view);
  const frame = isWhole ? play.sweepsBy(time) * play.nRows : Math.floor(time);
  view.colors ??= readColors(find(".probes"));
  const font = getComputedStyle(view.root).fontFamily;
  const look = { time: calm || isWhole || !isSlow ? frame : time, cell, colors: view.colors, font, isSteady };
  drawTables(view, frame, isSlow && !isWhole, isSteady);
  drawTerms(view, frame);
  drawSpread(view, frame);
  drawPlane(find(".plane canvas"), play, { ...look, isTurned: view.isTurned && play.data.method === "Gibbs" });
  drawCurve(find(".curve canvas"), play, { ...look, time: frame, what: view.what });
  drawHistogram(find(".why canvas"), play, { ...look, ghost: view.ghost });
  find(".scrub").value = frame;
  const sweep = play.sweepsBy(frame);
  const place = `sweep ${sweep} of ${play.data.n_sweeps}`;
  find(".when").textContent = place;
  if (isSteady) find(".scrub").setAttribute("aria-valuetext", `${place}, ${frame % play.nRows} rows on`);
  find(".step").disabled = frame >= play.last;
  find(".back").disabled = find(".reset").disabled = frame <= 0;
  say(view);
  view.frames += 1;
  view.root.dataset.frames = view.frames;
}

// One sentence at a time: what this moment shows or, where somebody steps, whose row has moved.
function say(view) {
  const { play, time } = view;
  const frame = Math.floor(time);
  let text = sceneAt(play.data, frame);
  if (view.isStep && frame % play.nRows && !view.timer) text = play.data.rows_say[(frame - 1) % play.nRows];
  const line = view.find(".said");
  if (line.textContent !== text) line.textContent = text;
}

function rate(view, i, j, button) {
  lookNear(view, i, j);
  const { people, films } = view.play.data;
  openEditor(view.find(".editor"), {
    button,
    who: people[i],
    what: films[j],
    mark: view.cells[i * films.length + j],
    choose: (next) => {
      close(view);
      button.focus();
      put(view, i, j, next);
    },
    close: () => close(view),
  });
}

// A rating says most of cells in its row and its column: one of them that is explained stays so.
function lookNear(view, i, j) {
  if (view.cell[0] !== i && view.cell[1] !== j) choose(view, i, j);
}

function close(view) {
  view.find(".editor").hidden = true;
}

function typed(view, event) {
  const at = view.tables.told.flat().findIndex((cell) => cell.firstElementChild === event.target);
  if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  const next = markOfKey(event.key, view.cells[at]);
  if (next === undefined) return;
  event.preventDefault();
  close(view);
  const width = view.play.data.films.length;
  const [i, j] = [Math.floor(at / width), at % width];
  lookNear(view, i, j);
  put(view, i, j, next);
}

function put(view, i, j, next) {
  const cells = changed(view.cells, i * view.play.data.films.length + j, next);
  if (cells === null) {
    view.find(".said").textContent = "The model needs a rating to learn from: rate another film first.";
    return;
  }
  tell(view, cells);
}

function tell(view, cells) {
  if (cells === view.cells) return;
  view.cells = cells; // on the screen at once; its fit comes with the answer
  view.root.setAttribute("aria-busy", "true");
  show(view);
  view.tell(cells);
}
