/** Names of themes on the map, and titles of papers: as many as fit, never on top of each other. */

import { layers, papers } from "./data.mjs";
import { hasTitles, isNarrow } from "./levels.mjs";
import { inkOf, css } from "./colors.mjs";
import { countPapers, standOut, state } from "./state.mjs";

const WIDEST = 20; // characters per line
const MOST = 120; // most names on the map at once
const REACH = 0.08; // radius around a place within which papers are averaged
const SPARSE = 1500; // with fewer papers in sight, names avoid them
const FARTHEST = 12; // most steps, each 3 % of the stage, that a name moves
const [OWN, FOREIGN] = [2, 5]; // what it costs to cover a paper of the theme, or of another
const CROSSED = 20; // what it costs that the line to a name crosses another
const FEW = 150; // papers in sight
const LEADER = 14; // pixels between a name and its place from which on a line joins them
const MOST_TITLES = 40;
const LONGEST_TITLE = 70; // characters
const BESIDE = 1; // as FARTHEST, of a title

/** Return where a name may move, in its widths and heights, nearest first; `parts` to a width. */
function stepsOf(parts) {
  const upTo = (most) => Array.from({ length: 2 * most * parts + 1 }, (_, i) => i / parts - most);
  const steps = upTo(6).flatMap((dy) => upTo(1.5).map((dx) => [dx, dy]));
  return steps.sort((a, b) => Math.hypot(...a) - Math.hypot(...b));
}
const STEPS = stepsOf(2);
const FINER_STEPS = stepsOf(4); // where there are few papers to avoid

const anchors = []; // for each layer, once they are asked for
let names = []; // the names on the map, with their layer, theme and box

/** Return the name at a place of the stage, with its `layer` and `theme`; undefined if there is none. */
export function nameAt(x, y) {
  return names.find(({ spot }) => x >= spot.left && x <= spot.right && y >= spot.top && y <= spot.bottom);
}

/** Return where a layer's names belong: from the theme's median, moved to where papers crowd. */
export function anchorsOf(index) {
  if (anchors[index]) return anchors[index];
  const { themes, labels } = layers[index];
  const members = themes.map(() => []);
  labels.forEach((theme, paper) => {
    if (theme >= 0) members[theme].push(paper);
  });
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

/** Return whether two boxes overlap. */
export const overlap = (a, b) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Return the line from a name to its place, or null if it stands there. */
function leader(spot, x, y) {
  const to = [Math.min(Math.max(x, spot.left), spot.right), Math.min(Math.max(y, spot.top), spot.bottom)];
  return Math.hypot(to[0] - x, to[1] - y) < LEADER ? null : [to, [x, y]];
}

/** Return whether a line runs through a box. */
export function crosses([[ax, ay], [bx, by]], { left, right, top, bottom }) {
  let [enter, leave] = [0, 1];
  for (const [from, way, low, high] of [[ax, bx - ax, left, right], [ay, by - ay, top, bottom]]) {
    if (way === 0 && (from <= low || from >= high)) return false;
    if (way === 0) continue;
    const [one, two] = [(low - from) / way, (high - from) / way];
    enter = Math.max(enter, Math.min(one, two));
    leave = Math.min(leave, Math.max(one, two));
  }
  return enter < leave;
}

/** Return whether two lines cross. */
export function meet([a, b], [c, d]) {
  const side = ([px, py], [qx, qy], [rx, ry]) => Math.sign((qx - px) * (ry - py) - (qy - py) * (rx - px));
  return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
}

/**
 * Return the free spot near a place that covers the fewest papers; null if there is none. With
 * `leads`, the lines drawn so far, no line may run through a name, and lines cross only if there is no other spot.
 */
export function place(box, owns, { taken, discs, width, height, leads, farthest = FARTHEST }) {
  // At the edge of the stage, a name begins where it is just inside.
  const x = Math.max(box.width / 2, Math.min(box.x, width - box.width / 2));
  const y = Math.max(box.height / 2, Math.min(box.y, height - box.height / 2));
  const step = 0.03 * Math.min(width, height); // a name moves this far to avoid covering a paper
  let best = null;
  let least = Infinity;
  for (const [dx, dy] of discs.length < FEW ? FINER_STEPS : STEPS) {
    const far = Math.hypot(dx * box.width, dy * box.height) / step;
    if (far >= least || far > farthest) continue;
    const left = x + (dx - 0.5) * box.width;
    const top = y + (dy - 0.5) * box.height;
    const spot = { left, top, right: left + box.width, bottom: top + box.height };
    const whole = left >= 0 && top >= 0 && spot.right <= width && spot.bottom <= height;
    if (!whole || taken.some((other) => overlap(spot, other))) continue;
    if (leads?.some((line) => crosses(line, spot))) continue;
    const line = leads && leader(spot, box.x, box.y);
    if (line && taken.some((other) => crosses(line, other))) continue;
    let cost = far + (leads && line && leads.some((other) => meet(line, other)) ? CROSSED : 0);
    for (const disc of discs) if (overlap(spot, disc)) cost += owns(disc.paper) ? OWN : FOREIGN;
    if (cost < least) [best, least] = [spot, cost];
  }
  return best;
}

/** Return the boxes of the papers in sight, or none if there are too many. */
function discsInSight({ toScreen, width, height, radius }) {
  const discs = [];
  for (let i = 0; i < papers.count; i += 1) {
    if (!state.shown[i]) continue;
    const [x, y] = toScreen(papers.x[i], papers.y[i]);
    if (x < 0 || y < 0 || x > width || y > height) continue;
    if (discs.length === SPARSE) return [];
    discs.push({ paper: i, left: x - radius, top: y - radius, right: x + radius, bottom: y + radius });
  }
  return discs;
}

/**
 * Write the names of the current layer, or titles where there is room for them, and return how many
 * themes in sight have no name.
 *
 * `view` has the size of the stage, `toScreen`, the radius of papers, the length `side` of the
 * map's side, the boxes `taken` by other things, the colours of the page (`paper` and `ink`), and
 * `counts`: the shown papers of each theme.
 */
export function drawLabels(context, view) {
  const font = getComputedStyle(document.documentElement).fontFamily;
  const board = { ...view, font, discs: discsInSight(view), leads: [] };
  names = [];
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  const nameless = hasTitles(view.side) ? writeTitles(context, board) : writeNames(context, board);
  context.globalAlpha = 1;
  const text = names.map(({ name }) => name).join("; ");
  if (context.canvas.dataset.names !== text) context.canvas.dataset.names = text;
  return nameless;
}

function writeNames(context, board) {
  const index = state.layer;
  const { themes, labels } = layers[index];
  const { counts, width, height, toScreen } = board;
  const out = standOut();
  const matches = out && countPapers(layers[index], (paper) => out[paper]);
  const order = [...themes.keys()].filter((t) => counts[t] > 0).sort((a, b) => counts[b] - counts[a]);
  const largest = Math.sqrt(Math.max(1, counts[order[0]] ?? 1));
  let nameless = 0;
  const placed = [];
  for (const theme of order) {
    const [x, y] = toScreen(...anchorsOf(index)[theme]);
    if (x < 0 || y < 0 || x > width || y > height) continue;
    const size = Math.round((isNarrow(width) ? 10 : 11.5) + 3.5 * (Math.sqrt(counts[theme]) / largest));
    context.font = `650 ${size}px ${board.font}`;
    const text = measure(context, themes[theme].name, size);
    const spot = names.length < MOST ? place({ ...text, x, y }, (i) => labels[i] === theme, board) : null;
    if (!spot) {
      nameless += 1;
      continue;
    }
    const line = leader(spot, x, y);
    if (line) board.leads.push(line);
    board.taken.push(spot);
    names.push({ name: themes[theme].name, layer: index, theme, spot });
    const faint = state.focus > -2 ? state.focus !== theme : matches?.[theme] === 0;
    const ink = state.column < 0 ? css(inkOf(index, theme, state.dark)) : board.ink;
    placed.push({ text, spot, size, weight: 650, ink, line, alpha: faint ? 0.25 : 1 });
  }
  for (const name of placed) lead(context, name); // all lines run under all names
  for (const name of placed) write(context, name, board);
  return nameless;
}

/** Write the titles of the papers in sight, those most firmly in their themes first; no name is missed. */
function writeTitles(context, board) {
  const size = 11.5;
  context.font = `450 ${size}px ${board.font}`;
  const inSight = board.discs.map(({ paper }) => paper);
  inSight.sort((a, b) => papers.strength[b] - papers.strength[a] || a - b);
  for (const paper of inSight.slice(0, MOST_TITLES)) {
    const [x, y] = board.toScreen(papers.x[paper], papers.y[paper]);
    const text = measure(context, shorten(papers.titles[paper]), size);
    const below = y + board.radius + 2 + text.height / 2;
    const spot = place({ ...text, x, y: below }, (i) => i === paper, { ...board, farthest: BESIDE });
    if (!spot) continue;
    board.taken.push(spot);
    write(context, { text, spot, size, weight: 450, ink: board.ink, alpha: 1 }, board);
  }
  return 0;
}

/** Shorten a long title at a space. */
function shorten(title) {
  if (title.length <= LONGEST_TITLE) return title;
  const start = title.slice(0, LONGEST_TITLE);
  return `${start.slice(0, Math.max(start.lastIndexOf(" "), LONGEST_TITLE / 2)).trimEnd()} …`;
}

/** Draw the line that joins a name to its place, if it has one. */
function lead(context, { line, ink, alpha }) {
  if (!line) return;
  context.beginPath();
  for (const point of line) context.lineTo(...point);
  context.globalAlpha = alpha;
  context.strokeStyle = ink;
  context.lineWidth = 1;
  context.stroke();
}

function write(context, { text, spot, size, weight, ink, alpha }, { paper, font }) {
  context.globalAlpha = alpha;
  context.font = `${weight} ${size}px ${font}`;
  context.strokeStyle = paper;
  context.lineWidth = 4;
  context.fillStyle = ink;
  const x = (spot.left + spot.right) / 2;
  const first = spot.top + 2 + size * 0.575;
  for (const draw of ["strokeText", "fillText"])
    for (const [i, row] of text.rows.entries()) context[draw](row, x, first + i * size * 1.15);
}
