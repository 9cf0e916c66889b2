/** The page as a whole: draws the map when something has changed, and connects the controls. */

import { camera, listen, resize, showWhole, toMap, toScreen, zoomSmoothly } from "./camera.js";
import { colorsOf, css } from "./colors.js";
import { layers, main, papers, sample } from "./data.js";
import { count, element, find, number, setText } from "./dom.js";
import { drawLabels, nameAt } from "./labels.js";
import { drawPaperLinks, drawThemeLinks } from "./links.js";
import { followZoom, startLegend } from "./legend.js";
import { about, showTab, startList, theme } from "./list.js";
import { startPanel } from "./panel.js";
import { drawPoints } from "./points.js";
import { inside, nearest } from "./space.js";
import { countPapers, emit, listed, membersOf, on, open, select, standOut, state } from "./state.js";
import { startYears } from "./years.js";

const map = find("map");
const surface = find("points").getContext("2d", { alpha: false });
const marks = map.getContext("2d");
const sharpness = () => Math.min(2, devicePixelRatio || 1); // device pixels per CSS pixel
const RIMMED = 3; // points of this radius or larger have a rim
const ZOOMED = 1.5; // from this zoom on, the page says where one is
const MANY = 30_000; // with more papers, points are drawn in CSS pixels even on sharper screens
const pointSharpness = () => (papers.count > MANY ? 1 : sharpness());
let frame = { width: 0, height: 0, pixels: null, image: null };
let counts = []; // for each layer, the number of shown papers of each theme
let stroke = null;
let drawing = false;
let waiting = 0;

/** Return the radius of papers in CSS pixels: smaller if there are many, larger when zoomed in. */
function radius() {
  const many = 9 * (50 / Math.max(papers.count, 50)) ** 0.28;
  const stage = Math.min(1, (Math.min(camera.width, camera.height) / 750) ** 0.5);
  return Math.min(11, many * stage * Math.max(1, camera.scale / camera.whole) ** 0.4);
}

function focusMask() {
  const theme = state.focus < -1 && state.theme >= 0 && !standOut() ? state.theme : state.focus;
  return theme < -1 ? standOut() : membersOf(theme);
}

function drawMap() {
  const ratio = pointSharpness();
  const view = {
    scale: camera.scale * ratio,
    x: camera.x * ratio,
    y: camera.y * ratio,
    radius: Math.round(radius() * ratio * 4) / 4,
    rim: radius() >= RIMMED ? ratio : 0,
    alpha: papers.count > MANY ? 190 : 225,
  };
  drawPoints(frame, view, state.shown, layers[state.layer].labels, {
    background: channels(getComputedStyle(document.documentElement).backgroundColor),
    colors: colorsOf(state.layer, state.dark),
    standOut: focusMask(),
  });
  surface.putImageData(frame.image, 0, 0);
}

const zoomOf = () => camera.scale / camera.whole;
const channels = (color) => color.match(/[\d.]+/g).slice(0, 3).map(Number);

function drawMarks() {
  const ratio = sharpness();
  const style = getComputedStyle(document.documentElement);
  marks.setTransform(ratio, 0, 0, ratio, 0, 0);
  marks.clearRect(0, 0, camera.width, camera.height);
  const tools = find("tools");
  const taken = [{ left: 0, top: 0, right: tools.offsetLeft + tools.offsetWidth,
    bottom: tools.offsetTop + tools.offsetHeight }];
  const note = find("nameless"); // keeps its room, because what it says depends on it
  taken.push(boxWithin(note));
  if (!find("where").hidden) taken.push(boxWithin(find("where")));
  if (state.linked) drawThemeLinks(marks, { toScreen, counts: counts[state.layer], ink: style.color });
  const nameless = drawLabels(marks, {
    toScreen, width: camera.width, height: camera.height, side: camera.scale, zoom: zoomOf(),
    radius: radius(), counts, taken, paper: style.backgroundColor, ink: style.color,
  });
  note.style.visibility = nameless ? "visible" : "hidden";
  setText(note, `${count(nameless, "theme")} without room for a name: zoom in`);
  const pointed = state.spotted >= 0 ? state.spotted : state.read;
  if (pointed >= 0) drawPaperLinks(marks, { toScreen, paper: pointed, ink: style.color });
  for (const paper of [state.read, state.spotted])
    if (paper >= 0) ring(paper, style.color, style.backgroundColor);
  if (stroke) outline(stroke, getComputedStyle(find("all-on")).color);
}

/** Return the box of an element on the stage. */
function boxWithin(part) {
  const { left, top, right, bottom } = part.getBoundingClientRect();
  const stage = find("stage").getBoundingClientRect();
  return { left: left - stage.left, top: top - stage.top, right: right - stage.left, bottom: bottom - stage.top };
}

function ring(paper, ink, halo) {
  const [x, y] = toScreen(papers.x[paper], papers.y[paper]);
  for (const [color, width] of [[halo, 5], [ink, 2]]) {
    marks.beginPath();
    marks.arc(x, y, Math.max(5, radius() + 2.5), 0, 7);
    marks.strokeStyle = color;
    marks.lineWidth = width;
    marks.stroke();
  }
}

function outline(points, color) {
  marks.beginPath();
  for (const [x, y] of points) marks.lineTo(x, y);
  marks.closePath();
  marks.strokeStyle = marks.fillStyle = color;
  marks.lineWidth = 1.5;
  marks.setLineDash([5, 4]);
  marks.stroke();
  marks.setLineDash([]);
  marks.globalAlpha = 0.08;
  marks.fill();
  marks.globalAlpha = 1;
}

const dirty = { map: true, marks: true };

/** Draw what has changed, once, in the next frame. */
function redraw(whole = true) {
  dirty.map ||= whole;
  waiting ||= requestAnimationFrame(() => {
    waiting = 0;
    if (!frame.image) return;
    if (dirty.map) drawMap();
    dirty.map = false;
    drawMarks();
  });
}

function recount() {
  counts = layers.map((layer) => countPapers(layer, (paper) => state.shown[paper]));
}

/** Say which theme and fine theme the middle of the stage is in, when the map is zoomed. */
function sayWhere() {
  const zoomed = zoomOf() > ZOOMED;
  const middle = toMap(camera.width / 2, camera.height / 2);
  const paper = zoomed ? nearest(...middle, Math.min(camera.width, camera.height) / 2 / camera.scale, state.shown) : -1;
  const path = layers.slice(main).map(({ themes, labels }) => themes[labels[paper]]?.name);
  find("where").hidden = paper < 0 || !path[0];
  setText(find("where"), path.filter(Boolean).join(" › "));
}

/** Show a paper's card beside it. */
function showCard(paper) {
  const card = find("card");
  state.spotted = paper;
  map.classList.toggle("linked", paper >= 0);
  card.hidden = paper < 0;
  redraw(false);
  if (paper < 0) return;
  card.replaceChildren(
    element("strong", { textContent: papers.titles[paper] }),
    element("div", {}, ...theme(paper)),
    element("div", { textContent: about(paper) }),
  );
  const [x, y] = toScreen(papers.x[paper], papers.y[paper]);
  const left = x + 16 + card.offsetWidth > camera.width ? x - 16 - card.offsetWidth : x + 16;
  const top = Math.min(y - 12, camera.height - card.offsetHeight - 8);
  const within = (value, most) => Math.max(8, Math.min(value, most));
  card.style.transform = `translate(${within(left, camera.width - card.offsetWidth - 8)}px, ${Math.max(8, top)}px)`;
}

function paperAt(px, py, reach) {
  return nearest(...toMap(px, py), (radius() + reach) / camera.scale, state.shown);
}

function draws(value) {
  drawing = value;
  map.classList.toggle("drawing", value);
  find("lasso").ariaPressed = String(value);
}

const hands = {
  draws: (event) => drawing || event.shiftKey,
  stroke(points) {
    stroke = points;
    showCard(-1);
  },
  lasso(points) {
    stroke = null;
    draws(false);
    if (points.length > 2) {
      const polygon = points.map(([x, y]) => toMap(x, y));
      const among = state.selected ? state.shown : listed();
      select(inside(polygon, among));
      if (state.selected) showTab("papers");
    }
    redraw(false);
  },
  point(x, y) {
    showCard(paperAt(x, y, 4));
    if (state.spotted < 0) map.classList.toggle("linked", Boolean(nameAt(x, y)));
  },
  leave: () => showCard(-1),
  tap(x, y, touch) {
    const paper = paperAt(x, y, touch ? 14 : 4);
    if (touch) showCard(-1); // the panel says it all, and the card would cover the map
    const name = paper < 0 && nameAt(x, y);
    if (paper >= 0) open({ paper });
    else if (name) open({ layer: name.layer, theme: name.theme, paper: -1 });
  },
};

/** Return what the reader must know where not all papers are drawn. */
function aboutSample() {
  const added = papers.count - sample.even;
  const kind = added
    ? `: an even sample of ${number(sample.even)}, and ${number(added)} more of small themes`
    : ", an even sample";
  return `Draws ${number(papers.count)} of ${number(sample.of)} papers${kind}. `
    + "Theme sizes count all papers; years, search, list and CSV only those drawn.";
}

function start() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const setMode = (dark) => {
    state.dark = dark;
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
    find("mode").ariaPressed = String(dark);
    emit("mode");
  };
  setMode(system.matches);
  system.addEventListener("change", (event) => setMode(event.matches));
  find("mode").addEventListener("click", () => setMode(!state.dark));

  find("heading").textContent =
    `${count(sample?.of ?? papers.count, "paper")}, ${count(layers[main].themes.length, "theme")}`;
  find("sampled").hidden = !sample;
  if (sample) find("sampled").textContent = aboutSample();
  find("zoom-in").addEventListener("click", () => zoomSmoothly(1.6));
  find("zoom-out").addEventListener("click", () => zoomSmoothly(1 / 1.6));
  find("reset").addEventListener("click", showWhole);
  find("lasso").addEventListener("click", () => draws(!drawing));
  find("theme-links").addEventListener("click", () => {
    state.linked = !state.linked;
    find("theme-links").ariaPressed = String(state.linked);
    redraw(false);
  });
  map.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "l" && !event.ctrlKey && !event.metaKey) draws(!drawing);
    if (event.key === "Escape") draws(false);
  });
  listen(map, hands);
  startLegend(zoomOf);
  startList();
  startYears();
  startPanel();
  recount();
  on("filter", recount);
  on("filter layer emphasis mode", () => showCard(-1));
  on("view filter", sayWhere);
  on("filter layer emphasis mode view", () => redraw());
  on("view", () => followZoom(zoomOf()));
  on("spot", () => redraw(false));
  on("read", () => redraw());
  new ResizeObserver(fit).observe(find("stage"));
}

function fit() {
  const stage = find("stage");
  const [width, height] = [stage.clientWidth, stage.clientHeight];
  if (!width || !height) return;
  const { canvas } = surface;
  for (const [layer, ratio] of [[canvas, pointSharpness()], [map, sharpness()]]) {
    layer.width = Math.round(width * ratio);
    layer.height = Math.round(height * ratio);
  }
  const image = surface.createImageData(canvas.width, canvas.height);
  frame = { width: canvas.width, height: canvas.height, image, pixels: new Int32Array(image.data.buffer) };
  const tools = find("tools");
  const across = tools.offsetWidth > tools.offsetHeight; // the toolbar is horizontal, as on a phone
  resize(width, height, across ? tools.offsetTop + tools.offsetHeight : 0);
}

start();
