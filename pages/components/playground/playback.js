// What stood where at a frame of a fit, read out of what the core sent; nothing is worked out here.
// A frame is the number of rows that were updated: people 0, 1, ... then films, sweep after sweep.

function playbackOf(data) {
  const nUsers = data.people.length;
  const nItems = data.films.length;
  const nRows = nUsers + nItems;
  const d = data.n_factors;
  const counted = data.n_sweeps - data.warm_up;

  // How often a row was updated by a frame.
  const times = (frame, row) => Math.max(0, Math.floor((frame - row - 1) / nRows) + 1);

  const row = (frame, k) => {
    const n = times(frame, k);
    if (n === 0) return k < nUsers ? data.start.U[k] : data.start.V[k - nUsers];
    const at = ((n - 1) * nRows + k) * d;
    return data.updates.slice(at, at + d);
  };

  const score = (frame, i, j) => {
    const ofUser = times(frame, i);
    const ofItem = times(frame, nUsers + j);
    if (ofUser === 0 && ofItem === 0) return data.start.scores[i][j];
    // Whichever of both was updated last: in a sweep, people go first.
    if (ofUser > ofItem) return data.scores_of_users[((ofUser - 1) * nUsers + i) * nItems + j];
    return data.scores_of_items[((ofItem - 1) * nItems + j) * nUsers + i];
  };

  // Of a cell after a sweep, counted from 1.
  const draw = (sweep, i, j) => data.scores_of_items[((sweep - 1) * nItems + j) * nUsers + i];

  // A row after so many updates, turned to match the last.
  const turned = (n, k) => {
    const at = (n * nRows + k) * d;
    return data.turned.slice(at, at + d);
  };

  return {
    data,
    nUsers,
    nItems,
    nRows,
    d,
    last: data.n_sweeps * nRows,
    times,
    row,
    score,
    draw,
    turned,
    sweepsBy: (frame) => Math.floor(frame / nRows),
    // Draws that count by a frame, and their mean and sd in a cell.
    drawsBy: (frame) => Math.max(0, Math.min(counted, Math.floor(frame / nRows) - data.warm_up)),
    spread: (n, i, j) => {
      const at = ((n - 1) * nUsers + i) * nItems + j;
      return { mean: data.mean[at], sd: data.sd[at] };
    },
    // Where a row is on the way from one frame to the next, for the plane.
    place: (time, k, isTurned) => {
      const frame = Math.floor(time);
      const n = times(frame, k);
      const of = (m) => {
        if (isTurned) return turned(m, k);
        return row(m === 0 ? 0 : (m - 1) * nRows + k + 1, k);
      };
      if (frame % nRows !== k || frame === time || n >= data.n_sweeps) return of(n);
      const share = time - frame;
      const to = of(n + 1);
      return of(n).map((from, f) => from + share * (to[f] - from));
    },
  };
}

function sceneAt(data, frame) {
  let text = "";
  for (const [from, each] of data.story) if (from <= frame) text = each;
  return text;
}
