// The curve of the whole fit up to now, and what the draws so far say of one cell.

const EDGE = { left: 34, right: 8, top: 8, bottom: 18 };

// Early sweeps change most, so the axis gives them more room: it is that of a square root.
const TICKS = [0, 1, 5, 20, 50, 100, 150, 200];

function drawCurve(canvas, play, { time, what, colors, font, isSteady }) {
  const { pen, width, height } = begin(canvas, font);
  const { data, nRows, last } = play;
  const lines = what === "density" ? densityLines(play, colors) : errorLines(play, colors);
  const values = lines.flatMap((line) => line.points.map(([, value]) => value));
  const sorted = [...values].sort((a, b) => a - b);
  let [low, high] = [sorted[0], sorted[sorted.length - 1]];
  const room = 0.06 * (high - low || 1);
  // What the lines of errors are called stands above them.
  [low, high] = what === "error" ? [0, (high || 1) / (1 - 0.08 * lines.length)] : [low - room, high + room];
  const x = (frame) => EDGE.left + Math.sqrt(frame / last) * (width - EDGE.left - EDGE.right);
  const y = (value) => height - EDGE.bottom - ((value - low) / (high - low)) * (height - EDGE.top - EDGE.bottom);
  for (const value of roundValues(low, high)) {
    stroke(pen, [[EDGE.left, y(value)], [width - EDGE.right, y(value)]], colors.line);
    write(pen, written(value, what === "error" ? 1 : 0), EDGE.left - 4, y(value) + 4, colors.faded, "right");
  }
  write(pen, "sweep", 2, height - 5, colors.faded);
  let free = EDGE.left + 1; // where the word stands there is no room for 0
  for (const sweep of TICKS) {
    if (sweep > data.n_sweeps || x(sweep * nRows) < free) continue;
    write(pen, String(sweep), x(sweep * nRows), height - 5, colors.faded, "center");
    free = x(sweep * nRows) + 22;
  }
  if (data.method === "Gibbs") {
    const edge = x(data.warm_up * nRows);
    stroke(pen, [[edge, EDGE.top], [edge, height - EDGE.bottom]], colors.faded, 1, 0.6);
    if (what === "density") write(pen, "draws count from here", edge + 4, height - EDGE.bottom - 22, colors.faded);
  }
  const said = [];
  lines.forEach(({ name, points, color, weight, faint }, n) => {
    const before = points.filter(([frame]) => frame <= time);
    stroke(pen, points.map(([frame, value]) => [x(frame), y(value)]), color, weight, 0.13);
    stroke(pen, before.map(([frame, value]) => [x(frame), y(value)]), color, weight, faint ? 0.55 : 1);
    const now = before[before.length - 1];
    if (now) {
      pen.fillStyle = color;
      pen.beginPath();
      pen.arc(x(now[0]), y(now[1]), 3, 0, 2 * Math.PI);
      pen.fill();
      said.push(`${name} ${written(now[1], what === "error" ? 2 : 1)}`);
    }
    if (lines.length > 1) {
      const text = now ? said[said.length - 1] : name;
      write(pen, text, width - EDGE.right, EDGE.top + 10 + 14 * n, color, "right");
    } else if (now) write(pen, said[0], width - EDGE.right, height - EDGE.bottom - 8, colors.text, "right");
  });
  if (isSteady) canvas.setAttribute("aria-label", `After ${play.sweepsBy(time)} sweeps: ${said.join(", ")}.`);
}

// Three or so round numbers between two.
function roundValues(low, high) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((each) => each * power >= rough);
  const found = [];
  for (let n = Math.ceil(low / step); n * step < high; n += 1) found.push(n * step);
  return found;
}

function densityLines({ data }, colors) {
  const points = data.density_at.map((frame, n) => [frame, data.density[n]]);
  return [{ name: "log density", points, color: colors.high, weight: 1.8 }];
}

function errorLines({ data, nRows }, colors) {
  const found = [];
  for (const [key, name, color] of [["told", "rated", colors.high], ["hidden", "hidden", colors.low]]) {
    const [each, running] = data.errors[key];
    if (!each.length) continue;
    const isGibbs = data.method === "Gibbs";
    const points = each.map((value, sweep) => [sweep * nRows, value]);
    found.push({ name: isGibbs ? `${name}, one draw` : name, points, color, weight: isGibbs ? 1 : 1.8, faint: isGibbs });
    if (!isGibbs) continue;
    const means = running.map((value, n) => [(data.warm_up + 1 + n) * nRows, value]);
    found.push({ name: `${name}, mean of draws`, points: means, color, weight: 2.4 });
  }
  return found;
}

const BINS = 40;
const BEYOND = 2; // stars on either side of the scale

function countsOf(play, frame, [i, j]) {
  const [low, high] = play.data.scale;
  const counts = new Array(BINS).fill(0);
  const n = play.drawsBy(frame);
  for (let k = 1; k <= n; k += 1) {
    const value = play.draw(play.data.warm_up + k, i, j);
    const at = Math.floor((BINS * (value - low + BEYOND)) / (high - low + 2 * BEYOND));
    counts[Math.max(0, Math.min(BINS - 1, at))] += 1 / n;
  }
  return { counts, n };
}

function drawHistogram(canvas, play, { time, cell, ghost, colors, font, isSteady }) {
  const { pen, width, height } = begin(canvas, font);
  const frame = Math.floor(time);
  const { data } = play;
  const [low, high] = data.scale;
  const [i, j] = cell;
  const base = height - EDGE.bottom;
  const x = (stars) => 6 + ((stars - low + BEYOND) / (high - low + 2 * BEYOND)) * (width - 12);
  const { counts, n } = countsOf(play, frame, cell);
  const top = Math.max(0.12, ...counts, ...(ghost?.counts ?? []));
  const y = (share) => base - (share / top) * (base - EDGE.top - 6);
  pen.globalAlpha = 0.12;
  pen.fillStyle = colors.faded;
  pen.fillRect(x(low), EDGE.top, x(high) - x(low), base - EDGE.top);
  pen.globalAlpha = 1;
  const step = (width - 12) / BINS;
  pen.fillStyle = colors.high;
  counts.forEach((share, k) => share && pen.fillRect(6 + k * step, y(share), Math.max(1, step - 1), base - y(share)));
  if (ghost) {
    const edge = ghost.counts.flatMap((share, k) => [[6 + k * step, y(share)], [6 + (k + 1) * step, y(share)]]);
    pen.setLineDash([3, 2]);
    stroke(pen, edge, colors.low, 1.5);
    pen.setLineDash([]);
  }
  stroke(pen, [[6, base], [width - 6, base]], colors.faded);
  for (let stars = low; stars <= high; stars += 1) write(pen, String(stars), x(stars), height - 4, colors.faded, "center");
  write(pen, data.nouns.unit, 6, height - 4, colors.faded);
  const now = play.score(frame, i, j);
  stroke(pen, [[x(now), EDGE.top], [x(now), base]], colors.text, 2);
  const given = data.stars[i][j];
  if (given) {
    pen.fillStyle = colors.films;
    pen.beginPath();
    pen.moveTo(x(given), base);
    pen.lineTo(x(given) - 6, base + 7);
    pen.lineTo(x(given) + 6, base + 7);
    pen.fill();
  }
  if (isSteady) canvas.setAttribute("aria-label", `Histogram of ${n} draws of this prediction, in stars.`);
}
