/** Where papers are: the nearest to a place, those inside a lasso, and their bounding box. */

import { once, papers } from "./data.mjs";

// A grid of cells; the papers of cell c are inCell[start[c]] to inCell[start[c + 1] - 1].
const grid = once(() => {
  const { x, y, count } = papers;
  const side = Math.max(1, Math.min(512, Math.round(Math.sqrt(count / 3))));
  const along = (value) => Math.min(side - 1, Math.max(0, Math.floor(value * side)));
  const cellOf = (i) => along(y[i]) * side + along(x[i]);
  const start = new Int32Array(side * side + 1);
  const inCell = new Int32Array(count);
  for (let i = 0; i < count; i += 1) start[cellOf(i) + 1] += 1;
  for (let c = 0; c < side * side; c += 1) start[c + 1] += start[c];
  const filled = start.slice();
  for (let i = 0; i < count; i += 1) inCell[filled[cellOf(i)]++] = i;
  return { side, along, start, inCell };
});

/** Return the shown paper nearest to a point within a radius, or -1 if there is none. */
export function nearest(px, py, radius, shown) {
  const { x, y } = papers;
  const { side, along, start, inCell } = grid();
  let best = -1;
  let least = radius * radius;
  for (let row = along(py - radius); row <= along(py + radius); row += 1)
    for (let column = along(px - radius); column <= along(px + radius); column += 1) {
      const cell = row * side + column;
      for (let k = start[cell]; k < start[cell + 1]; k += 1) {
        const i = inCell[k];
        const distance = (x[i] - px) ** 2 + (y[i] - py) ** 2;
        if (shown[i] && distance <= least) {
          least = distance;
          best = i;
        }
      }
    }
  return best;
}

/** Return a mask of the candidates inside a polygon (even-odd rule), or null if there are none. */
export function inside(polygon, candidates) {
  const { x, y, count } = papers;
  const mask = new Uint8Array(count);
  let any = false;
  for (let i = 0; i < count; i += 1) {
    if (!candidates[i]) continue;
    let within = false;
    for (let a = 0, b = polygon.length - 1; a < polygon.length; b = a, a += 1) {
      const [ax, ay] = polygon[a];
      const [bx, by] = polygon[b];
      if (ay > y[i] !== by > y[i] && x[i] < ((bx - ax) * (y[i] - ay)) / (by - ay) + ax)
        within = !within;
    }
    if (within) mask[i] = 1;
    any ||= within;
  }
  return any ? mask : null;
}

/** Return the bounding box of the papers of a mask. */
export function boxOf(mask) {
  const { x, y, count } = papers;
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let i = 0; i < count; i += 1) {
    if (!mask[i]) continue;
    box.left = Math.min(box.left, x[i]);
    box.right = Math.max(box.right, x[i]);
    box.top = Math.min(box.top, y[i]);
    box.bottom = Math.max(box.bottom, y[i]);
  }
  return box;
}
