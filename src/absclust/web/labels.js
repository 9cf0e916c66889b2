/** Names of themes on the map: where each theme is densest, never on top of each other. */

import { layers, papers } from "./data.js";
import { inkOf, css } from "./colors.js";
import { state } from "./state.js";

const WIDEST = 20; // characters per line
const MOST = 120; // most names on the map at once
const REACH = 0.08; // radius around a place within which papers are averaged
const SPARSE = 1500; // with fewer papers in sight, names avoid them
const FARTHEST = 4; // most steps, each 3 % of the stage, that a name moves
const STEPS = []; // where a name may move, in its widths and heights, nearest first
for (let dy = -4; dy <= 4; dy += 1) for (let dx = -2; dx <= 2; dx += 1) STEPS.push([dx / 2, dy / 2]);
STEPS.sort((a, b) => Math.hypot(...a) - Math.hypot(...b));

const anchors = layers.map(() => null);
let names = []; // the themes whose names are on the map, with the boxes of these

/** Return the theme whose name is at a place of the stage, or -1. */
export function nameAt(x, y) {
  const hit = names.find(({ spot }) => x >= spot.left && x <= spot.right && y >= spot.top && y <= spot.bottom);
  return hit ? hit.theme : -1;
}

/** Return where a layer's names belong: from the theme's median, moved to where papers crowd. */
function anchorsOf(index) {
  if (anchors[index]) return anchors[index];
  const { themes, labels } = layers[index];
  const members = themes.map(() => []);
  labels.forEach((theme, paper) => theme >= 0 && members[theme].push(paper));
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  anchors[index] = members.map((rows) => {
    let px = median(rows.map((i) => papers.x[i]));
    let py = median(rows.map((i) => papers.y[i]));
    for (let step = 0; step < 5; step += 1) {
      const near = rows.filter((i) => Math.hypot(papers.x[i] - px, papers.y[i] - py) < REACH);
      if (!near.length) break;
      px = near.reduce((sum, i) => sum + papers.x[i], 0) / near.length;
      py = near.reduce((sum, i) => sum + papers.y[i], 0) / near.length;
    }
    return [px, py];
  });
  return anchors[index];
}

/** Break a name into lines at spaces. */
function lines(name) {
  const rows = [];
  for (const word of name.split(" ")) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + word.length < WIDEST) rows[rows.length - 1] += ` ${word}`;
    else rows.push(word);
  }
  return rows;
}

const measured = new Map();

function measure(context, name, size) {
  const key = `${size} ${name}`;
  if (!measured.has(key)) {
    const rows = lines(name);
    const width = Math.max(...rows.map((row) => context.measureText(row).width));
    measured.set(key, { rows, width: width + 8, height: rows.length * size * 1.15 + 4 });
  }
  return measured.get(key);
}

const overlap = (a, b) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Return the free spot near the theme that covers the fewest papers; null if there is none. */
function place(box, theme, taken, discs, width, height) {
  const step = 0.03 * Math.min(width, height); // a name moves this far to avoid covering a paper
  let best = null;
  let least = Infinity;
  for (const [dx, dy] of STEPS) {
    const far = Math.hypot(dx * box.width, dy * box.height) / step;
    if (far >= least || far > FARTHEST) continue;
    const left = box.x + (dx - 0.5) * box.width;
    const top = box.y + (dy - 0.5) * box.height;
    const spot = { left, top, right: left + box.width, bottom: top + box.height };
    const whole = left >= 0 && top >= 0 && spot.right <= width && spot.bottom <= height;
    if (!whole || taken.some((other) => overlap(spot, other))) continue;
    let cost = far;
    for (const disc of discs) if (overlap(spot, disc)) cost += disc.theme === theme ? 1 : 2;
    if (cost < least) [best, least] = [spot, cost];
  }
  return best;
}

/** Return the boxes of the papers in sight, or none if there are too many. */
function discsInSight(toScreen, width, height, radius) {
  const { labels } = layers[state.layer];
  const discs = [];
  for (let i = 0; i < papers.count; i += 1) {
    if (!state.shown[i]) continue;
    const [x, y] = toScreen(papers.x[i], papers.y[i]);
    if (x < 0 || y < 0 || x > width || y > height) continue;
    if (discs.length === SPARSE) return [];
    discs.push({ theme: labels[i], left: x - radius, top: y - radius, right: x + radius, bottom: y + radius });
  }
  return discs;
}

/** Write the names of the shown themes, largest first, as many as there is room for. */
export function drawLabels(context, toScreen, width, height, counts, paper, taken, radius) {
  const { themes } = layers[state.layer];
  const font = getComputedStyle(document.documentElement).fontFamily;
  const order = [...themes.keys()].filter((t) => counts[t] > 0).sort((a, b) => counts[b] - counts[a]);
  const largest = Math.sqrt(Math.max(1, counts[order[0]] ?? 1));
  const discs = discsInSight(toScreen, width, height, radius);
  let written = 0;
  names = [];
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const theme of order) {
    const [x, y] = toScreen(...anchorsOf(state.layer)[theme]);
    if (written >= MOST) break;
    if (x < 0 || y < 0 || x > width || y > height) continue;
    const size = Math.round((width < 520 ? 10 : 11.5) + 3.5 * (Math.sqrt(counts[theme]) / largest));
    context.font = `650 ${size}px ${font}`;
    const text = measure(context, themes[theme].name, size);
    const spot = place({ ...text, x, y }, theme, taken, discs, width, height);
    if (!spot) continue;
    taken.push(spot);
    names.push({ theme, spot });
    written += 1;
    const faint = state.focus > -2 && state.focus !== theme;
    context.globalAlpha = faint ? 0.25 : 1;
    write(context, text, spot, size, css(inkOf(state.layer, theme, state.dark)), paper);
  }
  context.globalAlpha = 1;
}

function write(context, text, spot, size, ink, paper) {
  context.strokeStyle = paper;
  context.lineWidth = 4;
  context.fillStyle = ink;
  const x = (spot.left + spot.right) / 2;
  const first = spot.top + 2 + size * 0.575;
  for (const draw of ["strokeText", "fillText"])
    text.rows.forEach((row, i) => context[draw](row, x, first + i * size * 1.15));
}
