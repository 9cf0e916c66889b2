/** The page as a whole: loads the data, starts its parts and connects the controls of the map. */

import { camera, listen, showWhole, toMap, toScreen, zoomSmoothly } from "./camera.mjs";
import { layers, load, meta, papers } from "./data.mjs";
import { element, find, number, setText } from "./dom.mjs";
import { startColumns } from "./columns.mjs";
import { startHost } from "./host.mjs";
import { nameAt } from "./labels.mjs";
import { startLegend } from "./legend.mjs";
import { about, showTab, startList, theme } from "./list.mjs";
import { framed, restore } from "./address.mjs";
import { startPanel } from "./panel.mjs";
import { inside, nearest } from "./space.mjs";
import { radius, redraw, savePicture, saveSvg, showStroke, startStage, zoomOf } from "./stage.mjs";
import { emit, listed, on, open, select, startState, state } from "./state.mjs";
import { startYears } from "./years.mjs";

const ZOOMED = 1.5; // from this zoom on, the page says where one is

let drawing = false; // whether a drag draws a lasso

/** Say which theme and fine theme the middle of the stage is in, when the map is zoomed. */
function sayWhere() {
  const zoomed = zoomOf() > ZOOMED;
  const middle = toMap(camera.width / 2, camera.height / 2);
  const paper = zoomed ? nearest(...middle, Math.min(camera.width, camera.height) / 2 / camera.scale, state.shown) : -1;
  const path = layers.slice(meta.main).map(({ themes, labels }) => themes[labels[paper]]?.name);
  find("where").hidden = paper < 0 || !path[0];
  setText(find("where"), path.filter(Boolean).join(" › "));
}

/** Show a paper's card beside it; -1 for none. */
function showCard(paper) {
  const card = find("card");
  state.spotted = paper;
  find("map").classList.toggle("linked", paper >= 0);
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
  find("map").classList.toggle("drawing", value);
  find("lasso").ariaPressed = String(value);
}

const hands = {
  draws: (event) => drawing || event.shiftKey,
  stroke(points) {
    showStroke(points);
    showCard(-1);
  },
  lasso(points) {
    showStroke(null);
    draws(false);
    if (points.length < 3) return;
    const polygon = points.map(([x, y]) => toMap(x, y));
    const among = state.selected ? state.shown : listed();
    select(inside(polygon, among));
    if (state.selected) showTab("papers");
  },
  point(x, y) {
    showCard(paperAt(x, y, 4));
    if (state.spotted < 0) find("map").classList.toggle("linked", Boolean(nameAt(x, y)));
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
function aboutSample({ even, of }) {
  const added = papers.count - even;
  const kind = added
    ? `: an even sample of ${number(even)}, and ${number(added)} more of small themes`
    : ", an even sample";
  return `Draws ${number(papers.count)} of ${number(of)} papers${kind}. `
    + "Theme sizes count all papers; years, search, list and CSV only those drawn.";
}

function startMode() {
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
}

function startHeading() {
  find("made").replaceChildren(...meta.made.map((text) => element("li", { textContent: text })));
  const { heading, sample } = meta;
  find("heading").textContent = heading;
  find("sampled").hidden = !sample;
  if (sample) find("sampled").textContent = aboutSample(sample);
}

function startTools() {
  find("zoom-in").addEventListener("click", () => zoomSmoothly(1.6));
  find("zoom-out").addEventListener("click", () => zoomSmoothly(1 / 1.6));
  find("reset").addEventListener("click", showWhole);
  find("save").addEventListener("click", savePicture);
  find("save-svg").addEventListener("click", saveSvg);
  find("lasso").addEventListener("click", () => draws(!drawing));
  find("theme-links").addEventListener("click", () => {
    state.linked = !state.linked;
    find("theme-links").ariaPressed = String(state.linked);
    redraw(false);
  });
  find("map").addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "l" && !event.ctrlKey && !event.metaKey) draws(!drawing);
    if (event.key === "Escape") draws(false);
  });
  listen(find("map"), hands);
}

export function start() {
  load(JSON.parse(find("data").textContent));
  startState();
  if (!framed()) restore(location.hash);
  startMode();
  startHeading();
  startTools();
  startStage();
  startLegend();
  startList();
  startYears();
  startColumns();
  startPanel();
  on("filter layer emphasis mode", () => showCard(-1));
  on("view filter", sayWhere);
  startHost();
}
