/** The panel that shows one paper: its texts, its links and the papers nearest to it. */

import { zoomToPaper } from "./camera.js";
import { layers, main, nearestOf, papers, rowsOf, safe } from "./data.js";
import { element, find } from "./dom.js";
import { anchor, item, showTab, theme } from "./list.js";
import { emit, on, state } from "./state.js";
import { texts } from "./texts.js";

let opener = null; // what had the focus before the panel was opened

// In a notebook's frame the address belongs to the notebook.
const framed = window !== window.parent;

const line = (className, ...content) => element("p", { className }, ...content);

/** Return the theme of a paper, its strength and the runner-up. */
function belongs(paper) {
  const { themes, labels } = layers[main];
  const second = labels[paper] >= 0 ? themes[papers.runnerUp[paper]] : undefined;
  return line("belongs", ...theme(paper), ` · strength ${papers.strength[paper].toFixed(2)}`,
    ...(second ? [" · runner-up ", element("bdi", { textContent: second.name })] : []));
}

function fill(paper, all) {
  const of = (field) => all[field]?.[paper] ?? "";
  const rows = rowsOf(paper).length;
  const about = [papers.year[paper] || "", of("venues"), rows > 1 ? `in ${rows} rows` : ""];
  const links = all.addresses[paper].filter(([, address]) => safe(address));
  const missing = all.abstracts ? "It has no abstract." : "This page was made without abstracts.";
  const parts = [
    of("authors") && line("authors", of("authors")),
    about.some(Boolean) && line("about", about.filter(Boolean).join(" · ")),
    belongs(paper),
    links.length && line("links", ...links.map(([label, href]) => anchor(href, `${label} ↗`))),
    of("abstracts") ? line("abstract", of("abstracts")) : line("missing", missing),
    all.keywords[paper].length && line("words", `Keywords: ${all.keywords[paper].join("; ")}`),
  ];
  const near = nearestOf(paper);
  if (near.length) parts.push(
    element("h3", { textContent: "Nearest papers" }),
    element("ol", { className: "papers" }, ...near.map(item)),
  );
  find("paper-text").replaceChildren(...parts.filter(Boolean));
}

function close() {
  state.read = state.spotted = -1;
  find("paper").hidden = true;
  find("tabs").hidden = false;
  showTab();
  emit("read");
  if (opener?.isConnected) opener.focus();
  opener = null;
}

/** Show a paper in place of the lists; its texts follow as soon as they are unpacked. */
function show(paper) {
  if (state.read < 0) opener = document.activeElement;
  state.read = paper;
  state.spotted = -1;
  for (const list of ["tabs", "themes", "papers"]) find(list).hidden = true;
  find("paper").hidden = false;
  find("paper").scrollTop = 0;
  find("paper-title").textContent = papers.titles[paper];
  find("paper-text").replaceChildren();
  find("paper-title").focus({ preventScroll: true });
  emit("read");
  texts().then((all) => state.read === paper && fill(paper, all));
}

/** Show a paper, or none (-1), so that the back button undoes it and the address repeats it. */
function go(paper) {
  if (!framed) location.hash = paper < 0 ? "" : `paper=${papers.row[paper]}`;
  else if (paper < 0) close();
  else show(paper);
}

/** Show what the address says. */
function follow() {
  const row = /^#paper=(\d+)$/.exec(location.hash)?.[1];
  const paper = row === undefined ? -1 : papers.row.findIndex((_, i) => rowsOf(i).includes(Number(row)));
  if (paper === state.read) return;
  if (paper < 0) close();
  else show(paper);
}

export function startPaper() {
  on("open", () => go(state.wanted));
  on("layer mode", () => state.read >= 0 && texts().then((all) => fill(state.read, all)));
  find("paper-back").addEventListener("click", () => go(-1));
  find("panel").addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.read >= 0) go(-1);
  });
  if (framed) return;
  window.addEventListener("hashchange", follow);
  follow();
  if (state.read >= 0) zoomToPaper(state.read);
}
