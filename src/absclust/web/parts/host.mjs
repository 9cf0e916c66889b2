/** What the page tells the notebook that shows it, and hears from it: which rows are selected. */

import { papers, rowsOf } from "./data.mjs";
import { showTab } from "./list.mjs";
import { listed, on, papersOf, select, standOut, state } from "./state.mjs";

const AGAIN = 500; // milliseconds after which the page greets the notebook again
const GREETINGS = 120; // the notebook may first have to load what answers

let told = "[]"; // the rows that the notebook knows to be selected
let hearing = false;

/** Send something; the frame's name tells the notebook which map speaks. */
const post = (message) => window.parent.postMessage({ map: window.name, ...message }, "*");

/** Return the rows of the papers that stand out, else of the paper that is read. */
function selectedRows() {
  const chosen = standOut() ? papersOf(listed()) : state.read >= 0 ? [state.read] : [];
  return chosen.flatMap(rowsOf).sort((a, b) => a - b);
}

function tell() {
  if (hearing) return;
  const rows = selectedRows();
  const now = JSON.stringify(rows);
  if (now === told) return;
  told = now;
  post({ rows });
}

function hear(rows) {
  const now = JSON.stringify(rows);
  if (now === told) return;
  const wanted = new Set(rows);
  // The notebook keeps the rows that it named, also those that the years hide or that aren't drawn.
  hearing = true;
  select(Uint8Array.from(papers.row.keys(), (paper) => (rowsOf(paper).some((row) => wanted.has(row)) ? 1 : 0)));
  if (state.selected) showTab("papers");
  hearing = false;
  told = now;
}

export function startHost() {
  if (window === window.parent) return;
  let greetings = 0;
  const greeting = setInterval(() => {
    post({});
    greetings += 1;
    if (greetings === GREETINGS) clearInterval(greeting);
  }, AGAIN);
  on("emphasis filter read", tell);
  window.addEventListener("message", ({ source, data }) => {
    if (source !== window.parent || !Array.isArray(data?.rows)) return;
    clearInterval(greeting);
    hear(data.rows);
  });
}
