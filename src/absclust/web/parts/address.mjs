/** The part of the address after "#": what is read, searched, filtered and held. */

import { columns, layers, meta, papers, rowsOf } from "./data.mjs";
import { find } from "./dom.mjs";
import { classesOff, state, switchOff, themesOff, toggleClass, years, yearsNarrowed } from "./state.mjs";

// In a notebook's frame the address belongs to the notebook.
export const framed = () => window !== window.parent;

/** Return the address of a paper or a theme, and of what the page shows besides. */
export function addressOf({ layer, theme, paper }) {
  const parts = [];
  if (theme >= 0 && layer !== meta.main) parts.push(`layer=${layer}`);
  if (theme >= 0) parts.push(`theme=${theme}`);
  if (paper >= 0) parts.push(`paper=${papers.row[paper]}`);
  if (find("search").value.trim()) parts.push(`search=${encodeURIComponent(find("search").value.trim())}`);
  if (find("by-meaning").checked) parts.push("meaning=1");
  if (yearsNarrowed()) parts.push(`years=${state.from}-${state.to}${state.withUndated ? "" : "-dated"}`);
  if (state.column >= 0) parts.push(`color=${encodeURIComponent(columns[state.column].name)}`);
  if (state.sized >= 0) parts.push(`size=${encodeURIComponent(columns[state.sized].name)}`);
  for (const [column, groups] of classesOff()) parts.push(`without=${column}.${groups.join(".")}`);
  if (themesOff().length) parts.push(`off=${themesOff().join(".")}`);
  if (!state.follow) parts.push(`show=${layers[state.layer].column}`);
  return parts.join("&");
}

/** Return the paper or theme of an address; what is not on this map is nothing. */
export function meaningOf(address) {
  const given = new URLSearchParams(address.replace(/^#/, ""));
  const numberOf = (name) => (/^\d+$/.test(given.get(name) ?? "") ? Number(given.get(name)) : -1);
  const layer = layers[numberOf("layer")] ? numberOf("layer") : meta.main;
  const theme = layers[layer].themes[numberOf("theme")] ? numberOf("theme") : -1;
  const row = numberOf("paper");
  const paper = row < 0 ? -1 : papers.row.findIndex((_, i) => rowsOf(i).includes(row));
  return { layer, theme, paper };
}

/** Search, filter and hold what an address says, before the page is drawn. */
export function restore(address) {
  const given = new URLSearchParams(address.replace(/^#/, ""));
  find("search").value = given.get("search") ?? "";
  find("by-meaning").checked = given.get("meaning") === "1";
  const span = /^(\d+)-(\d+)(-dated)?$/.exec(given.get("years") ?? "");
  if (span && years.last) {
    const within = (year) => Math.min(Math.max(Number(year), years.first), years.last);
    Object.assign(state, { from: within(span[1]), to: within(span[2]), withUndated: !span[3] });
  }
  state.column = columns.findIndex(({ name }) => name === given.get("color"));
  state.sized = columns.findIndex(({ name, ordered }) => ordered && name === given.get("size"));
  for (const without of given.getAll("without")) {
    const [column, ...groups] = without.split(".").map(Number);
    for (const group of new Set(groups)) if (columns[column]?.names[group]) toggleClass(column, group);
  }
  const held = layers.findIndex(({ column }) => column === given.get("show"));
  if (held >= 0) Object.assign(state, { layer: held, follow: false });
  switchOff((given.get("off") ?? "").split(".").filter((s) => /^\d+$/.test(s)).map(Number));
}
