/** The panel's second tab: the selected, found or shown papers as text, and their export. */

import { colorsOf, css } from "./colors.mjs";
import { zoomTo, zoomToPaper } from "./camera.mjs";
import { download, toCsv } from "./csv.mjs";
import { layers, linkOf, meta, papers, themeName } from "./data.mjs";
import { element, find, number } from "./dom.mjs";
import { canMean, meanings, prepare, scores, standingOut, themesFound } from "./search.mjs";
import { countOf, emit, listed, mark, membersOf, on, open, papersOf, select, standOut, state } from "./state.mjs";
import { texts } from "./texts.mjs";

const PAGE = 100; // papers listed at a time
const SUMMARY = 5; // themes that a selection is said to be of

let rows = []; // the papers to list, in order
let stale = true;
let tab = "themes"; // the tab shown last

/** Return the line below a paper's title. */
export function about(paper) {
  const year = papers.year[paper] ? ` · ${papers.year[paper]}` : "";
  const rowsOfPaper = papers.copies[paper] ? ` · in ${papers.copies[paper].length + 1} rows` : "";
  return `strength ${papers.strength[paper].toFixed(2)}${year}${rowsOfPaper}`;
}

export function theme(paper, index = state.layer) {
  const layer = layers[index];
  const dot = element("span", { className: "dot" });
  dot.style.setProperty("--theme", css(colorsOf(index, state.dark).at(layer.labels[paper])));
  return [dot, element("bdi", { textContent: themeName(paper, layer) })];
}

export function anchor(href, text) {
  return element("a", { href, target: "_blank", rel: "noopener noreferrer", textContent: text });
}

/** Return a paper as an item of a list: a click brings it into the panel and into view. */
export function item(paper) {
  const button = element("button", { type: "button", className: "paper", title: "Read it" },
    element("span", { className: "title", textContent: papers.titles[paper] }),
    element("span", { className: "about" }, ...theme(paper), ` · ${about(paper)}`));
  button.addEventListener("click", () => {
    zoomToPaper(paper);
    open({ paper });
  });
  const spot = (value) => () => {
    state.spotted = value;
    emit("spot");
  };
  for (const event of ["pointerenter", "focus"]) button.addEventListener(event, spot(paper));
  for (const event of ["pointerleave", "blur"]) button.addEventListener(event, spot(-1));
  const entry = element("li", {}, button);
  if (linkOf(paper)) {
    const link = anchor(linkOf(paper), "↗");
    link.ariaLabel = `Open ${papers.titles[paper]}`;
    entry.append(link);
  }
  return entry;
}

/** Return which search found the papers. */
const foundBy = () => (state.meant ? "near in meaning" : "found");

function refresh() {
  const what = state.selected ? "selected" : state.hits ? foundBy() : "shown";
  const total = countOf(listed());
  find("tab-papers").textContent = `Papers ${number(total)}`;
  find("listed").textContent = `${number(total)} ${what}${meta.sample ? " among the papers drawn" : ""}`;
  find("clear").hidden = !standOut();
  find("clear").textContent = state.selected ? "Clear selection" : "Clear search";
  find("export").disabled = total === 0;
  showMatches();
  stale = true;
  if (!find("papers").hidden) fill();
}

function showMatches() {
  const { hits, shown } = state;
  const matches = hits ? countOf(hits) : 0;
  const hidden = hits ? matches - countOf(hits.map((hit, i) => hit & shown[i])) : 0;
  find("found").textContent =
    hits ? `${number(matches)} ${foundBy()}${hidden ? `, ${number(hidden)} off` : ""}` : "";
}

function fill() {
  if (!stale) return;
  stale = false;
  rows = papersOf(listed());
  const by = state.selected ? null : state.scores;
  rows.sort((a, b) => (by ? by[b] - by[a] : 0) || papers.centrality[b] - papers.centrality[a] || a - b);
  find("list").replaceChildren();
  const found = state.hits && !state.selected ? themesFound(find("search").value) : [];
  find("themes-found").replaceChildren(...found.map(themeItem));
  find("summary").hidden = !state.selected;
  if (state.selected) summarise(rows);
  more();
}

/** Say what is in a selection: its themes, its years, and what its titles and keywords have more of. */
function summarise(selection) {
  const { labels, themes } = layers[state.layer];
  const counts = new Map();
  for (const paper of selection) counts.set(labels[paper], (counts.get(labels[paper]) ?? 0) + 1);
  const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, SUMMARY);
  const named = most.map(([t, n]) => `${themes[t]?.name ?? "No theme"} (${number(n)})`);
  const years = selection.map((paper) => papers.year[paper]).filter(Boolean).sort((a, b) => a - b);
  const lines = [["Themes", named.join("; ") + (counts.size > SUMMARY ? " …" : "")]];
  const [first, last] = [years[0], years.at(-1)];
  if (years.length) lines.push(["Years", first === last ? `${first}` : `${first} – ${last}`]);
  texts().then((all) => {
    const words = standingOut(selection, all);
    if (words.length) lines.push(["Stands out", words.join(", ")]);
    find("summary").replaceChildren(...lines.flatMap(([name, text]) =>
      [element("dt", { textContent: name }), element("dd", { textContent: text })]));
  });
}

/** Return a theme as an item of a list: a click shows it. */
function themeItem(which) {
  const { name, size } = layers[state.layer].themes[which];
  const button = element("button", { type: "button", className: "paper", title: "Show the theme" },
    element("span", { className: "title", textContent: name }),
    element("span", { className: "about", textContent: `Theme · ${number(size)} papers` }));
  button.addEventListener("click", () => {
    zoomTo(membersOf(which));
    open({ layer: state.layer, theme: which });
  });
  return element("li", {}, button);
}

function more() {
  const list = find("list");
  list.append(...rows.slice(list.children.length, list.children.length + PAGE).map(item));
  find("more").hidden = list.children.length >= rows.length;
}

/** Show one of the panel's tabs, or the one shown last. */
export function showTab(name = tab) {
  tab = name;
  if (state.read >= 0 || state.theme >= 0) {
    open({ paper: -1, theme: -1 }); // these give way; when they have, this is called again
    return;
  }
  for (const each of ["themes", "papers"]) {
    const chosen = each === name;
    find(each).hidden = !chosen;
    find(`tab-${each}`).ariaSelected = String(chosen);
    find(`tab-${each}`).tabIndex = chosen ? 0 : -1;
  }
  if (name === "papers") fill();
}

function startTabs() {
  find("tab-themes").addEventListener("click", () => showTab("themes"));
  find("tab-papers").addEventListener("click", () => showTab("papers"));
  find("tabs").addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const target = find("papers").hidden ? "papers" : "themes";
    showTab(target);
    find(`tab-${target}`).focus();
  });
}

function startSearch() {
  const input = find("search");
  let waiting = 0;
  const now = () => {
    clearTimeout(waiting);
    const byWords = scores(input.value);
    const lacking = byWords && !byWords.some(Boolean); // no paper has all words
    const meant = byWords && canMean() && (find("by-meaning").checked || lacking) ? meanings(input.value) : null;
    state.meant = meant !== null;
    mark(meant ?? byWords);
  };
  find("by-meaning").addEventListener("change", now);
  texts().then((all) => {
    prepare(all);
    find("meaning").hidden = !canMean();
    document.documentElement.dataset.texts = "read";
    if (input.value) now();
  });
  if (input.value) now(); // from the address
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(now, papers.count > 5000 ? 150 : 0);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") input.value = "";
    if (event.key !== "Escape" && event.key !== "Enter") return;
    event.preventDefault();
    now();
    if (event.key === "Enter" && state.hits) {
      zoomTo(listed());
      showTab("papers");
    }
  });
  find("clear").addEventListener("click", () => {
    if (state.selected) select(null);
    else {
      input.value = "";
      now();
    }
  });
}

export function startList() {
  startTabs();
  startSearch();
  find("export").addEventListener("click", () => texts().then((all) =>
    download(new Blob([toCsv(listed(), all)], { type: "text/csv;charset=utf-8" }), "papers.csv")));
  find("more").addEventListener("click", more);
  on("filter emphasis layer mode", refresh);
  refresh();
}
