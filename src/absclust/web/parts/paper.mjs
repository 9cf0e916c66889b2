/** What the panel says of one paper: its texts, its links and the papers nearest to it. */

import { citationsOf, layers, meta, nearestOf, papers, rowsOf, safe } from "./data.mjs";
import { element, line, number } from "./dom.mjs";
import { anchor, item, theme } from "./list.mjs";
import { open } from "./state.mjs";

const [MOST_AUTHORS, FIRST_AUTHORS] = [12, 10]; // of more, the first ones stand alone

/** Return the theme of a paper, which a click shows, its strength and the runner-up. */
function belongs(paper) {
  const { themes, labels } = layers[meta.main];
  const second = labels[paper] >= 0 ? themes[papers.runnerUp[paper]] : undefined;
  const button = element("button", { type: "button", className: "of-theme" }, ...theme(paper, meta.main));
  button.addEventListener("click", () => open({ layer: meta.main, theme: labels[paper], paper: -1 }));
  return line("belongs", button, ` · strength ${papers.strength[paper].toFixed(2)}`,
    ...(second ? [" · runner-up ", element("bdi", { textContent: second.name })] : []));
}

/** Return the authors: of many, the first, and the others on a click. */
function authorsOf(text) {
  const authors = text.split("; ");
  if (authors.length <= MOST_AUTHORS) return line("authors", text);
  const first = authors.slice(0, FIRST_AUTHORS).join("; ");
  const others = authors.slice(FIRST_AUTHORS);
  return element("details", { className: "authors" },
    element("summary", { textContent: `${first}; and ${number(others.length)} more` }),
    others.join("; "));
}

/** Return a list of papers under a heading, or nothing. */
const listed = (heading, list, className = "") =>
  list.length ? [element("h3", { textContent: heading, className }), element("ol", { className: "papers" }, ...list.map(item))] : [];

/** Return the parts of the panel for a paper. */
export function partsOfPaper(paper, all) {
  const of = (field) => all[field]?.[paper] ?? "";
  const rows = rowsOf(paper).length;
  const about = [papers.year[paper] || "", of("venues"), rows > 1 ? `in ${rows} rows` : ""];
  const links = all.addresses[paper].filter(([, address]) => safe(address));
  const missing = all.abstracts ? "It has no abstract." : "This page was made without abstracts.";
  const { cites, citedBy } = citationsOf(paper);
  return [
    of("authors") && authorsOf(of("authors")),
    about.some(Boolean) && line("about", about.filter(Boolean).join(" · ")),
    belongs(paper),
    links.length && line("links", ...links.map(([label, href]) => anchor(href, `${label} ↗`))),
    of("abstracts") ? line("abstract", of("abstracts")) : line("missing", missing),
    all.keywords[paper].length && line("words", `Keywords: ${all.keywords[paper].join("; ")}`),
    ...listed("Nearest papers", nearestOf(paper)),
    ...listed(`Cites ${number(cites.length)} of these papers →`, cites, "cites"),
    ...listed(`Cited by ${number(citedBy.length)} of these papers ←`, citedBy, "cites"),
  ].filter(Boolean);
}
