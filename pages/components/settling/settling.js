// One answer beside many: points that settle, and points that never do. It asks nothing of the
// server, rests while nobody sees it, and stands still for those who want no motion.

const ROUND = 11; // seconds; the last part of them shows the end
const AT_END = 0.8; // of a round
const DRAWN_EVERY = 33; // milliseconds

export default function ({ data, parentElement }) {
  const find = (selector) => parentElement.querySelector(selector);
  const view = { data, find, share: 0, last: 0, drawn: 0, timer: null, isSeen: true };
  view.rows = data.names.length;
  const every = data.names.map((_, row) => row);
  view.order = [...every.filter((row) => !data.named.includes(row)), ...data.named];
  view.reach = reachOf(data);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  view.isWanted = !calm.matches;
  if (calm.matches) view.share = 1;
  const button = find(".toggle");
  const press = () => {
    view.isWanted = !view.isWanted;
    run(view);
  };
  button.addEventListener("click", press);
  const seen = new IntersectionObserver(([entry]) => {
    view.isSeen = entry.isIntersecting;
    run(view);
  });
  seen.observe(find(".both"));
  const resized = new ResizeObserver(() => show(view));
  resized.observe(find(".both"));
  run(view);
  return () => {
    cancelAnimationFrame(view.timer);
    button.removeEventListener("click", press);
    seen.disconnect();
    resized.disconnect();
  };
}

function run(view) {
  cancelAnimationFrame(view.timer);
  view.find(".toggle").textContent = view.isWanted ? "Pause" : "Play";
  view.last = performance.now();
  if (view.isWanted && view.isSeen) view.timer = requestAnimationFrame((now) => tick(view, now));
  show(view);
}

function tick(view, now) {
  view.share = (view.share + Math.min(0.25, (now - view.last) / 1000) / ROUND) % 1;
  view.last = now;
  if (now - view.drawn >= DRAWN_EVERY) {
    view.drawn = now;
    show(view);
  }
  view.timer = requestAnimationFrame((then) => tick(view, then));
}

function show(view) {
  const done = Math.min(1, view.share / AT_END);
  const colors = Object.fromEntries(
    ["people", "films", "other", "line"].map((name) => [name, getComputedStyle(view.find(`.${name}`)).color]),
  );
  drawPoints(view, colors, done);
  drawCloud(view, colors, done);
}

// The first steps of a climb are its longest: they get most of the time.
function drawPoints(view, colors, done) {
  const plane = begin(view, ".point", colors);
  if (!plane) return;
  const steps = view.data.map.length / (2 * view.rows) - 1;
  const at = steps * done ** 3;
  for (const row of view.order) {
    const color = colorOf(view, colors, row);
    plane.pen.strokeStyle = color;
    plane.pen.globalAlpha = 0.35;
    plane.pen.beginPath();
    for (let step = 0; step <= at; step += 1) plane.pen.lineTo(...plane.place(place(view.data.map, view.rows, step, row)));
    plane.pen.lineTo(...plane.place(between(view.data.map, view.rows, at, row)));
    plane.pen.stroke();
    dot(plane, between(view.data.map, view.rows, at, row), color, 4, 1);
    name(view, plane, between(view.data.map, view.rows, at, row), row, colors);
  }
}

function drawCloud(view, colors, done) {
  const plane = begin(view, ".cloud", colors);
  if (!plane) return;
  const steps = view.data.gibbs.length / (2 * view.rows) - 1;
  const at = steps * done ** 1.6;
  for (const row of view.order) {
    const color = colorOf(view, colors, row);
    const isNamed = view.data.named.includes(row);
    for (let step = 0; step <= at; step += 1) {
      dot(plane, place(view.data.gibbs, view.rows, step, row), color, isNamed ? 2.4 : 1.5, isNamed ? 0.6 : 0.14);
    }
  }
  for (const row of view.order) {
    dot(plane, between(view.data.gibbs, view.rows, at, row), colorOf(view, colors, row), 4, 1);
    name(view, plane, between(view.data.gibbs, view.rows, at, row), row, colors);
  }
}

function begin(view, selector, colors) {
  const canvas = view.find(selector);
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width) return null;
  const sharp = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * sharp);
  canvas.height = Math.round(height * sharp);
  const pen = canvas.getContext("2d");
  pen.setTransform(sharp, 0, 0, sharp, 0, 0);
  pen.font = `600 13px ${getComputedStyle(canvas).fontFamily}`;
  const scale = Math.min(width, height) / 2 / view.reach;
  const place = ([x, y]) => [width / 2 + (x * scale * width) / Math.min(width, height), height / 2 - (y * scale * height) / Math.min(width, height)];
  pen.strokeStyle = colors.line;
  pen.beginPath();
  pen.moveTo(0, height / 2);
  pen.lineTo(width, height / 2);
  pen.moveTo(width / 2, 0);
  pen.lineTo(width / 2, height);
  pen.stroke();
  return { pen, width, height, place };
}

function dot({ pen, place: at }, point, color, radius, alpha) {
  pen.globalAlpha = alpha;
  pen.fillStyle = color;
  pen.beginPath();
  pen.arc(...at(point), radius, 0, 2 * Math.PI);
  pen.fill();
}

// Of the two whose clouds are narrowest and widest; all names would lie on each other.
function name(view, plane, point, row, colors) {
  if (!view.data.named.includes(row)) return;
  const [x, y] = plane.place(point);
  const text = view.data.names[row];
  const isRight = x + 8 + plane.pen.measureText(text).width < plane.width;
  plane.pen.globalAlpha = 1;
  plane.pen.fillStyle = colorOf(view, colors, row);
  plane.pen.textAlign = isRight ? "left" : "right";
  plane.pen.fillText(text, isRight ? x + 7 : x - 7, y + 4);
}

const place = (flat, rows, step, row) => flat.slice(2 * (step * rows + row), 2 * (step * rows + row) + 2);

function between(flat, rows, at, row) {
  const step = Math.floor(at);
  const from = place(flat, rows, step, row);
  const to = place(flat, rows, Math.ceil(at), row);
  return from.map((each, k) => each + (at - step) * (to[k] - each));
}

function colorOf({ data }, colors, row) {
  if (row === data.named[1]) return colors.other;
  return row < data.n_people ? colors.people : colors.films;
}

// Nearly all draws have room; a few that are far out do not make all others small.
function reachOf(data) {
  const far = [...data.map, ...data.gibbs].map(Math.abs).sort((a, b) => a - b);
  return 1.05 * far[Math.floor(0.995 * (far.length - 1))];
}
