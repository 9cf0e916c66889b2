/** What the reader has chosen, and which papers remain shown. */

import { columns, layers, meta, papers } from "./data.mjs";

const MOST_PERIODS = 24; // of a theme's growth
const listeners = new Map();

/** Call `listener` on each of the events in `names`, which are separated by spaces. */
export function on(names, listener) {
  for (const name of names.split(" ")) listeners.set(name, [...(listeners.get(name) ?? []), listener]);
}

export function emit(name, detail) {
  for (const listener of listeners.get(name) ?? []) listener(detail);
}

/** The years of the map's papers, and how many papers are without one; `last` is 0 if all are. */
export const years = { first: Infinity, last: 0, undated: 0 };

export const state = {
  layer: 0, // whose names, legend and colours are shown
  follow: true, // whether the layer follows the zoom
  linked: false, // whether links between themes are drawn
  column: -1, // the column that papers are coloured by; -1 is none, but the themes
  sized: -1, // the column of numbers that papers grow with; -1 is none
  dark: false,
  from: Infinity,
  to: 0,
  withUndated: true,
  shown: new Uint8Array(), // a mask of the papers that themes and years leave in
  hits: null, // a mask of what the search found, or null
  scores: null, // how well papers match the search, or null
  meant: false, // whether it was by meaning
  selected: null, // a mask of what the lasso caught, or null
  focus: -2, // the theme under the pointer in the legend; -1 is "No theme", -2 is nothing
  spotted: -1, // the paper under the pointer; -1 is none
  read: -1, // the paper in the panel; -1 is none
  theme: -1, // the theme in the panel; -1 is none
  themeLayer: 0, // its layer
};

// Which finest themes are off, so that all layers agree; the last entry is for no theme.
let off = new Uint8Array();

/** Begin with everything shown, when the data are loaded. */
export function startState() {
  const known = papers.year.filter((year) => year > 0);
  years.first = known.reduce((a, b) => Math.min(a, b), Infinity);
  years.last = known.reduce((a, b) => Math.max(a, b), 0);
  years.undated = papers.count - known.length;
  left = columns.map(() => new Set());
  off = new Uint8Array(meta.finest.themes.length + 1);
  const shown = new Uint8Array(papers.count).fill(1);
  Object.assign(state, { layer: meta.main, themeLayer: meta.main, from: years.first, to: years.last, withUndated: true, shown });
}

/** Ask for a paper (`{ paper }`) or a theme (`{ theme }`) to be shown in the panel; -1 for none. */
export const open = (wanted) => emit("open", wanted);

/** Return a mask of the papers of a theme of a layer; -1 is no theme. */
export function membersOf(theme, layer = state.layer) {
  return Uint8Array.from(layers[layer].labels, (label) => (label === theme ? 1 : 0));
}

const slot = (theme) => (theme < 0 ? off.length - 1 : theme);
const slotsOf = (theme) =>
  theme < 0
    ? [off.length - 1]
    : [...meta.finest.themes.keys()].filter((fine) => layers[state.layer].ofFinest[fine] === theme);

/** Return whether a theme of the current layer is on: "true", "false" or "mixed". */
export function isOn(theme) {
  const slots = slotsOf(theme);
  const hidden = slots.filter((s) => off[s]).length;
  return hidden === 0 ? "true" : hidden === slots.length ? "false" : "mixed";
}

/** Return the finest themes that are off; the number after the last one is for no theme. */
export const themesOff = () => [...off.keys()].filter((s) => off[s]);

/** Switch off some of the finest themes, before the page is drawn. */
export function switchOff(themes) {
  for (const s of themes) if (s < off.length) off[s] = 1;
  filter();
}

export function toggle(theme) {
  const value = isOn(theme) === "true" ? 1 : 0;
  for (const s of slotsOf(theme)) off[s] = value;
  filter();
}

export function showOnly(theme) {
  off.fill(1);
  for (const s of slotsOf(theme)) off[s] = 0;
  filter();
}

export function showAll(value) {
  off.fill(value ? 0 : 1);
  filter();
}

/** Return whether the years leave a paper in. */
export function inTime(paper) {
  const year = papers.year[paper];
  return years.last === 0 || (year ? year >= state.from && year <= state.to : state.withUndated);
}

// For each column, which of its classes are off.
let left = [];

export const isLeft = (column, group) => left[column].has(group);
export const classesOff = () => left.map((groups, column) => [column, [...groups]]).filter(([, groups]) => groups.length);

/** Switch the papers of a class of a column off or on. */
export function toggleClass(column, group) {
  if (!left[column].delete(group)) left[column].add(group);
  filter();
}

/** Return whether years and columns leave a paper in. */
export const isKept = (paper) => inTime(paper) && left.every((groups, column) => !groups.has(columns[column].groups[paper]));

/** Return how many papers of each theme of a layer are counted; the last is for no theme. */
export function countPapers({ labels, themes }, counted) {
  const counts = new Array(themes.length + 1).fill(0);
  for (let i = 0; i < papers.count; i += 1)
    if (counted(i)) counts[labels[i] < 0 ? themes.length : labels[i]] += 1;
  return counts;
}

/** Return each theme's share of the papers of successive years, joined where these have few papers. */
export function sharesOverTime({ labels, themes }, most = MOST_PERIODS) {
  const dated = papersOf(papers.year).sort((a, b) => papers.year[a] - papers.year[b]);
  const fewest = Math.max(dated.length / most, 1);
  const periods = [];
  for (const [place, paper] of dated.entries()) {
    const begins = place === 0 || papers.year[dated[place - 1]] !== papers.year[paper];
    const enough = place === 0 || (periods.at(-1).all >= fewest && dated.length - place >= fewest);
    if (begins && enough) periods.push({ all: 0, of: new Float64Array(themes.length) });
    periods.at(-1).all += 1;
    if (labels[paper] >= 0) periods.at(-1).of[labels[paper]] += 1;
  }
  return themes.map((_, theme) => periods.map(({ all, of }) => of[theme] / all));
}

export const yearsNarrowed = () => state.from > years.first || state.to < years.last || !state.withUndated;
/** Return whether years or columns leave anything out. */
export const narrowed = () => yearsNarrowed() || classesOff().length > 0;

/** Update which papers are shown; the selection keeps only those. */
export function filter() {
  const { shown } = state;
  for (let i = 0; i < papers.count; i += 1)
    shown[i] = isKept(i) && !off[slot(meta.finest.labels[i])] ? 1 : 0;
  if (state.selected) state.selected = both(state.selected, shown);
  emit("filter");
}

/** Return the papers that are in both masks, or null if there are none. */
export function both(a, b) {
  const joint = a.map((value, i) => value & b[i]);
  return joint.includes(1) ? joint : null;
}

/** Return the papers that stand out: the selected ones, else those found, else null. */
export function standOut() {
  return state.selected ?? state.hits;
}

/** Return a mask of the shown papers that stand out, or of all shown papers. */
export function listed() {
  const out = standOut();
  return out ? out.map((value, i) => value & state.shown[i]) : state.shown;
}

/** Return the papers of a mask, in their order. */
export function papersOf(mask) {
  return [...mask.keys()].filter((paper) => mask[paper]);
}

export function countOf(mask) {
  let sum = 0;
  for (let i = 0; i < mask.length; i += 1) sum += mask[i];
  return sum;
}

/** Mark the papers with a score, and rank them by it; null ends a search. */
export function mark(scores) {
  state.selected = null;
  state.scores = scores;
  state.hits = scores && Uint8Array.from(scores, (score) => (score > 0 ? 1 : 0));
  emit("emphasis");
}

/** Select the papers of a mask; null, or a mask without papers, ends a selection. */
export function select(mask) {
  state.selected = mask?.includes(1) ? mask : null;
  emit("emphasis");
}
