// People and films as points: where two factors put them, with a dot for every draw so far.

function reach(play) {
  const sizes = Array.from(play.data.turned, Math.abs).sort((a, b) => a - b);
  return 1.08 * (sizes[Math.floor(0.995 * (sizes.length - 1))] || 1);
}

function drawPlane(canvas, play, { time, cell, isTurned, colors, font, isSteady }) {
  const { pen, width, height } = begin(canvas, font);
  const { data, nUsers, nRows, d } = play;
  const far = (play.reach ??= reach(play));
  const names = [...data.people, ...data.films];
  const chosen = [cell[0], nUsers + cell[1]];
  const colorOf = (k) => (k < nUsers ? colors.people : colors.films);
  const unit = (d === 1 ? width / 2 - 6 : Math.min(width, height) / 2 - 6) / far;
  const clip = (at, most) => Math.max(3, Math.min(most - 3, at));
  // With one factor, a line for each: people above, films below.
  const strip = (k) => ((k + 0.5 + (k < nUsers ? 0 : 0.8)) * height) / (nRows + 0.8);
  const at = ([x, y], k) => [
    clip(width / 2 + unit * x, width),
    d === 1 ? strip(k) : clip(height / 2 - unit * y, height),
  ];
  stroke(pen, [[width / 2, 0], [width / 2, height]], colors.line);
  if (d === 2) stroke(pen, [[0, height / 2], [width, height / 2]], colors.line);
  const frame = Math.floor(time);
  const past = (n, k) => at(isTurned ? play.turned(n, k) : play.row((n - 1) * nRows + k + 1, k), k);
  for (let k = 0; k < nRows; k += 1) {
    const isChosen = chosen.includes(k);
    pen.fillStyle = colorOf(k);
    if (data.method === "MAP") {
      const path = [];
      for (let n = 0; n <= play.times(frame, k); n += 1) path.push(n ? past(n, k) : at(play.place(0, k, isTurned), k));
      path.push(at(play.place(time, k, isTurned), k));
      stroke(pen, path, colorOf(k), 1.5, isChosen ? 0.9 : 0.3);
      continue;
    }
    pen.globalAlpha = isChosen ? 0.55 : 0.1;
    for (let n = data.warm_up + 1; n <= play.sweepsBy(frame); n += 1) {
      const [x, y] = past(n, k);
      pen.fillRect(x - 1, y - 1, 2, 2);
    }
  }
  pen.globalAlpha = 1;
  const places = names.map((_, k) => at(play.place(time, k, isTurned), k));
  if (d === 2) {
    for (const k of chosen) stroke(pen, [[width / 2, height / 2], places[k]], colorOf(k), 2);
  }
  names.forEach((name, k) => {
    const [x, y] = places[k];
    const size = chosen.includes(k) ? 6 : 4.5;
    pen.fillStyle = colorOf(k);
    pen.strokeStyle = colors.back;
    pen.lineWidth = 1.5;
    pen.beginPath();
    if (k < nUsers) pen.arc(x, y, size, 0, 2 * Math.PI);
    else pen.rect(x - size + 0.5, y - size + 0.5, 2 * size - 1, 2 * size - 1);
    pen.fill();
    pen.stroke();
    const isLeft = x > width - 48;
    pen.lineWidth = 3;
    pen.textAlign = isLeft ? "right" : "left";
    const from = isLeft ? x - size - 3 : x + size + 3;
    pen.strokeText(name, from, y + 4); // an edge in the colour behind, to be read on any cloud
    write(pen, name, from, y + 4, colorOf(k), pen.textAlign);
  });
  if (isSteady) {
    const [who, what] = chosen.map((k) => `${names[k]} at ${play.row(frame, k).map((v) => written(v, 2)).join(", ")}`);
    canvas.setAttribute("aria-label", `Points of ${nUsers} people and ${data.films.length} films. ${who}; ${what}.`);
  }
}
