/** Lines: from a paper to those nearest to it and to those that it cites, and between themes. */

import { citationsOf, layers, meta, nearestOf, papers } from "./data.mjs";
import { anchorsOf, overlap } from "./labels.mjs";
import { state } from "./state.mjs";

const EACH = 3; // strongest links that a theme has
// Themes aren't linked by fewer links per paper than this share of a paper's neighbours. Since links
// count from both ends, a theme has about two per paper and neighbour, so that is 1 % of its links.
const WEAKEST = 0.02;
const THICKEST = 7; // pixels
const HEAD = 7; // pixels, the length of an arrow's head
const NUMBER = 11; // pixels, the height of a number
const ALONG = [0.5, 0.4, 0.6, 0.3, 0.7]; // of a link, where its number may stand

const known = []; // for each layer, once they are asked for

/**
 * Return the strongest links between the themes of a layer as `{ ends, links, strength }`, strongest
 * first; `links` is their number.
 *
 * That is the number that `themes.links()` has: of links from the papers of either theme to the nearest
 * papers in the other. The strength is their number per paper: by the geometric mean of both sizes, so
 * that themes of unequal size can be compared.
 */
export function themeLinks(index) {
  if (known[index]) return known[index];
  const { linked, themes } = layers[index];
  const weakest = WEAKEST * meta.neighbors;
  const links = [];
  for (let i = 0; i < linked.length; i += 3) {
    const [one, two, number] = linked.subarray(i, i + 3);
    links.push({ ends: [one, two], links: number, strength: number / Math.sqrt(themes[one].size * themes[two].size) });
  }
  links.sort((a, b) => b.strength - a.strength);
  const had = new Uint8Array(themes.length);
  known[index] = links.filter(({ ends: [a, b], strength }) => {
    if (strength < weakest || (had[a] >= EACH && had[b] >= EACH)) return false;
    had[a] += 1;
    had[b] += 1;
    return true;
  });
  return known[index];
}

const shownLinks = (counts) =>
  themeLinks(state.layer).filter(({ ends }) => ends.every((theme) => counts[theme] > 0));

/** Draw the links between the themes of the current layer that have shown papers. */
export function drawThemeLinks(context, { toScreen, counts, ink }) {
  const places = anchorsOf(state.layer);
  const links = shownLinks(counts);
  for (const { ends, strength } of links) {
    const focused = state.focus < 0 || ends.includes(state.focus);
    context.globalAlpha = focused ? 0.5 : 0.12;
    line(context, ends.map((theme) => toScreen(...places[theme])), ink, Math.max(1, (THICKEST * strength) / links[0].strength));
  }
  context.globalAlpha = 1;
}

/** Write the numbers of links on them, strongest first, where nothing else is `taken`. */
export function writeLinkNumbers(context, { toScreen, counts, ink, paper, taken }) {
  const places = anchorsOf(state.layer);
  context.font = `500 ${NUMBER}px ${getComputedStyle(document.documentElement).fontFamily}`;
  Object.assign(context, { textAlign: "center", textBaseline: "middle", strokeStyle: paper, lineWidth: 3, lineJoin: "round", fillStyle: ink });
  const numbers = [];
  for (const { ends, links } of shownLinks(counts)) {
    if (state.focus >= 0 && !ends.includes(state.focus)) continue;
    const [from, to] = ends.map((theme) => toScreen(...places[theme]));
    const half = 0.35 * NUMBER * String(links).length + 1;
    for (const share of ALONG) {
      const [x, y] = [0, 1].map((axis) => from[axis] + share * (to[axis] - from[axis]));
      const box = { left: x - half, right: x + half, top: y - NUMBER / 2, bottom: y + NUMBER / 2 };
      if (taken.some((other) => overlap(box, other))) continue;
      taken.push(box);
      for (const draw of ["strokeText", "fillText"]) context[draw](String(links), x, y);
      numbers.push(links);
      break;
    }
  }
  context.canvas.dataset.links = numbers.join(" ");
}

/** Draw lines from a paper to the shown papers nearest to it, and arrows from whom cites to whom is cited. */
export function drawPaperLinks(context, { toScreen, paper, ink, accent, radius }) {
  const place = (i) => toScreen(papers.x[i], papers.y[i]);
  context.globalAlpha = 0.55;
  for (const other of nearestOf(paper))
    if (state.shown[other]) line(context, [place(paper), place(other)], ink, 1.25);
  context.globalAlpha = 0.8;
  const { cites, citedBy } = citationsOf(paper);
  const arrows = [...cites.map((other) => [paper, other]), ...citedBy.map((other) => [other, paper])];
  for (const ends of arrows.filter(([a, b]) => state.shown[a] && state.shown[b]))
    arrow(context, ends.map(place), accent, radius);
  context.globalAlpha = 1;
}

/** Draw an arrow between two papers, which ends before the dot of the second. */
function arrow(context, [from, to], ink, radius) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy);
  if (length <= radius) return;
  const [x, y] = [dx / length, dy / length];
  const tip = [to[0] - radius * x, to[1] - radius * y];
  line(context, [from, tip], ink, 1.75);
  for (const side of [-0.5, 0.5])
    line(context, [[tip[0] - HEAD * (x - side * y), tip[1] - HEAD * (y + side * x)], tip], ink, 1.75);
}

function line(context, [from, to], ink, width) {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.strokeStyle = ink;
  context.lineWidth = width;
  context.stroke();
}
