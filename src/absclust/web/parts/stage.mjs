/** Draws the map, its names and its marks when something has changed. */

import { camera, MARGIN, resize, toScreen } from "./camera.mjs";
import { classColors, colorsOf, css } from "./colors.mjs";
import { download } from "./csv.mjs";
import { columns, layers, papers } from "./data.mjs";
import { count, find, setText } from "./dom.mjs";
import { drawLabels } from "./labels.mjs";
import { drawPaperLinks, drawThemeLinks, writeLinkNumbers } from "./links.mjs";
import { drawPoints } from "./points.mjs";
import { countPapers, membersOf, on, papersOf, standOut, state } from "./state.mjs";
import { svgContext } from "./svg.mjs";

const RIMMED = 3; // points of this radius or larger have a rim
const [NARROWEST, WIDEST] = [0.55, 2]; // how wide papers are drawn, by a column of numbers
const [OPAQUE, FAINTEST] = [225, 90]; // of 256: papers that lie alone, and over many others
const OCCUPIED = 0.15; // share of the map's square on which papers lie, about
const MANY = 30_000; // with more papers, points are drawn in CSS pixels even on sharper screens

const sharpness = () => Math.min(2, devicePixelRatio || 1); // device pixels per CSS pixel
const pointSharpness = () => (papers.count > MANY ? 1 : sharpness());
const channels = (color) => color.match(/[\d.]+/g).slice(0, 3).map(Number);

let frame = null; // the pixels of the papers, once the stage has a size
let counts = []; // for each layer, the number of shown papers of each theme
let stroke = null; // the lasso that is being drawn
let waiting = false; // for the next frame
let stale = true; // whether the papers must be drawn anew

/** Return the radius of papers in CSS pixels: smaller if there are many, larger when zoomed in. */
export function radius() {
  const many = 9 * (50 / Math.max(papers.count, 50)) ** 0.28;
  const stage = Math.min(1, (Math.min(camera.width, camera.height) / 750) ** 0.5);
  return Math.min(11, many * stage * Math.max(1, camera.scale / camera.whole) ** 0.4);
}

/** Return how opaque papers are: where they lie over each other, the densest places are the darkest. */
function opacity() {
  const layers = (papers.count * Math.PI * radius() ** 2) / (OCCUPIED * Math.max(camera.scale, camera.whole) ** 2);
  return Math.max(FAINTEST, OPAQUE / Math.max(1, layers));
}

/** Return the zoom, relative to the view of the whole map. */
export const zoomOf = () => camera.scale / camera.whole;

function focusMask() {
  if (state.focus >= -1) return membersOf(state.focus);
  return standOut() ?? (state.theme < 0 ? null : membersOf(state.theme, state.themeLayer));
}

/** Return how wide papers are drawn by a column of numbers, low to high; null without one. */
function sizesOf(column) {
  if (column < 0) return null;
  const { groups, names } = columns[column];
  const step = (WIDEST - NARROWEST) / Math.max(names.length - 2, 1);
  // The last class is that of papers without a number.
  return { groups, factors: names.map((_, group) => (group === names.length - 1 ? NARROWEST : NARROWEST + step * group)) };
}

function drawPapers() {
  const ratio = pointSharpness();
  const view = {
    scale: camera.scale * ratio,
    x: camera.x * ratio,
    y: camera.y * ratio,
    radius: Math.round(radius() * ratio * 4) / 4,
    rim: radius() >= RIMMED ? ratio : 0,
    alpha: opacity(),
  };
  drawPoints(frame, view, lookOf());
  find("points").getContext("2d", { alpha: false }).putImageData(frame.image, 0, 0);
}

/** Return in which colours and sizes papers are drawn. */
function lookOf() {
  return {
    background: channels(getComputedStyle(document.documentElement).backgroundColor),
    labels: state.column < 0 ? layers[state.layer].labels : columns[state.column].groups,
    colors: state.column < 0 ? colorsOf(state.layer, state.dark) : classColors(state.column, state.dark),
    standOut: focusMask(),
    sizes: sizesOf(state.sized),
  };
}

/** Draw all that lies over the papers on the map, or on another context. */
function drawMarks(context = find("map").getContext("2d")) {
  const ratio = sharpness();
  const style = getComputedStyle(document.documentElement);
  const { color: ink, backgroundColor: paper } = style;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, camera.width, camera.height);
  const tools = find("tools");
  const corner = { left: 0, top: 0, right: tools.offsetLeft + tools.offsetWidth, bottom: tools.offsetTop + tools.offsetHeight };
  const note = find("nameless"); // keeps its room, because what it says depends on it
  const taken = [corner, boxWithin(note)];
  if (!find("where").hidden) taken.push(boxWithin(find("where")));
  const links = { toScreen, counts: counts[state.layer], ink, paper, taken };
  if (state.linked) drawThemeLinks(context, links);
  const nameless = drawLabels(context, {
    toScreen, width: camera.width, height: camera.height, side: camera.scale,
    radius: radius(), counts: counts[state.layer], taken, paper, ink,
  });
  if (state.linked) writeLinkNumbers(context, links);
  note.style.visibility = nameless ? "visible" : "hidden";
  setText(note, `${count(nameless, "theme")} without room for a name: zoom in`);
  const pointed = state.spotted >= 0 ? state.spotted : state.read;
  const { color: accent } = getComputedStyle(find("all-on"));
  if (pointed >= 0) drawPaperLinks(context, { toScreen, paper: pointed, ink, accent, radius: radius() });
  for (const marked of [state.read, state.spotted])
    if (marked >= 0) ring(context, marked, [[paper, 5], [ink, 2]]);
  if (stroke) outline(context, accent);
}

/** Return the box of an element on the stage. */
function boxWithin(part) {
  const { left, top, right, bottom } = part.getBoundingClientRect();
  const stage = find("stage").getBoundingClientRect();
  return { left: left - stage.left, top: top - stage.top, right: right - stage.left, bottom: bottom - stage.top };
}

/** Draw a circle around a paper, in each colour and width in turn. */
function ring(context, paper, strokes) {
  const [x, y] = toScreen(papers.x[paper], papers.y[paper]);
  for (const [color, width] of strokes) {
    context.beginPath();
    context.arc(x, y, Math.max(5, radius() + 2.5), 0, 7);
    context.strokeStyle = color;
    context.lineWidth = width;
    context.stroke();
  }
}

function outline(context, color) {
  context.beginPath();
  for (const [x, y] of stroke) context.lineTo(x, y);
  context.closePath();
  context.strokeStyle = context.fillStyle = color;
  context.lineWidth = 1.5;
  context.setLineDash([5, 4]);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 0.08;
  context.fill();
  context.globalAlpha = 1;
}

/** Draw what has changed, once, in the next frame; the papers only if `points` is true. */
export function redraw(points = true) {
  stale ||= points;
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    if (!frame) return;
    if (stale) drawPapers();
    stale = false;
    drawMarks();
  });
}

/** Show the lasso as far as it has been drawn; null for none. */
export function showStroke(points) {
  stroke = points;
  redraw(false);
}

/** Let the reader save what is seen as a picture. */
export function savePicture() {
  const sheet = Object.assign(document.createElement("canvas"), { width: find("map").width, height: find("map").height });
  const context = sheet.getContext("2d");
  for (const id of ["points", "map"]) context.drawImage(find(id), 0, 0, sheet.width, sheet.height);
  sheet.toBlob((picture) => download(picture, "map.png"));
}

/** Let the reader save what is seen as a vector graphic. */
export function saveSvg() {
  const { context, written } = svgContext(find("map").getContext("2d"));
  const { background, labels, colors, standOut: out, sizes } = lookOf();
  const order = papersOf(state.shown).sort((a, b) => (out ? out[a] - out[b] : 0));
  for (const i of order) {
    const [x, y] = toScreen(papers.x[i], papers.y[i]);
    const r = radius() * (sizes ? sizes.factors[sizes.groups[i]] : 1);
    if (x < -r || y < -r || x > camera.width + r || y > camera.height + r) continue;
    context.globalAlpha = out && !out[i] ? 0.16 : 0.88;
    context.fillStyle = css(colors.at(labels[i]));
    context.beginPath();
    context.arc(x, y, r);
    context.fill();
  }
  context.globalAlpha = 1;
  drawMarks(context);
  const text = written({ width: camera.width, height: camera.height, background: css(background) });
  download(new Blob([text], { type: "image/svg+xml" }), "map.svg");
}

function recount() {
  counts = layers.map((layer) => countPapers(layer, (paper) => state.shown[paper]));
}

function fit() {
  const { clientWidth: width, clientHeight: height } = find("stage");
  if (!width || !height) return;
  for (const [id, ratio] of [["points", pointSharpness()], ["map", sharpness()]])
    Object.assign(find(id), { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  const canvas = find("points");
  const image = canvas.getContext("2d", { alpha: false }).createImageData(canvas.width, canvas.height);
  frame = { width: canvas.width, height: canvas.height, image, pixels: new Int32Array(image.data.buffer) };
  const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = find("tools");
  const across = offsetWidth > offsetHeight; // the toolbar is horizontal, as on a phone
  const beside = Math.max(0, 2 * offsetLeft + offsetWidth - MARGIN * width); // if the margin is narrower
  resize({ width, height, left: across ? 0 : beside, top: across ? offsetTop + offsetHeight : 0 });
}

export function startStage() {
  recount();
  on("filter", recount);
  on("filter layer emphasis mode column view read", () => redraw());
  on("spot", () => redraw(false));
  new ResizeObserver(fit).observe(find("stage"));
}
