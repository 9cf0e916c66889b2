/** What the panel says of one theme: its keywords, its size by year, its most typical papers. */

import { zoomTo } from "./camera.mjs";
import { colorsOf, css } from "./colors.mjs";
import { layers, papers } from "./data.mjs";
import { count, element, line, number } from "./dom.mjs";
import { themeLinks } from "./links.mjs";
import { item, showTab } from "./list.mjs";
import { membersOf, open, select, state } from "./state.mjs";

const MOST_YEARS = 40; // bars; of more years, the last ones are shown

/** Return bars of the theme's papers per year, with their numbers as text. */
function yearsOf(theme) {
  const { labels } = layers[state.themeLayer];
  const counts = new Map();
  papers.year.forEach((year, i) => {
    if (year && labels[i] === theme) counts.set(year, (counts.get(year) ?? 0) + 1);
  });
  if (counts.size < 2) return [];
  const last = Math.max(...counts.keys());
  const first = Math.max(Math.min(...counts.keys()), last - MOST_YEARS + 1);
  const most = Math.max(...counts.values());
  const bars = [];
  for (let year = first; year <= last; year += 1) {
    const papersOfYear = counts.get(year) ?? 0;
    const bar = element("li", { title: `${year}: ${count(papersOfYear, "paper")}` });
    bar.style.setProperty("--share", `${(100 * papersOfYear) / most}%`);
    bar.ariaLabel = bar.title;
    bars.push(bar);
  }
  const list = element("ol", { className: "by-year" }, ...bars);
  list.style.setProperty("--theme", css(colorsOf(state.themeLayer, state.dark).at(theme)));
  const ends = line("ends", element("span", { textContent: first }), element("span", { textContent: last }));
  return [element("h3", { textContent: "Papers by year" }), list, ends];
}

/** Return a list of themes of a layer, each a click away. */
function listOf(title, layer, themes) {
  if (!themes.length) return [];
  const items = themes.map((theme) => {
    const { name, size } = layers[layer].themes[theme];
    const button = element("button", { type: "button", textContent: name });
    button.addEventListener("click", () => open({ layer, theme, paper: -1 }));
    return element("li", {}, button, element("span", { className: "of", textContent: ` ${number(size)}` }));
  });
  return [element("h3", { textContent: title }), element("ul", { className: "linked" }, ...items)];
}

/** Return the themes of the next layer that a theme consists of. */
function partsIn(theme) {
  const next = state.themeLayer + 1;
  if (next >= layers.length) return [];
  const above = layers[state.themeLayer].ofFinest;
  const inside = [...new Set(layers[next].ofFinest.filter((_, finest) => above[finest] === theme))];
  return listOf("Consists of", next, inside.length > 1 ? inside : []);
}

/** Return the themes that have the strongest links to a theme, each a click away. */
function linkedTo(theme) {
  const linked = themeLinks(state.themeLayer).filter(({ ends }) => ends.includes(theme));
  return listOf("Linked themes", state.themeLayer, linked.map(({ ends: [a, b] }) => (a === theme ? b : a)));
}

/** Return the parts of the panel for a theme of the current layer. */
export function partsOfTheme(theme) {
  const { size, stability, focus, keywords, authorKeywords, sentence, sentencePaper, representative } =
    layers[state.themeLayer].themes[theme];
  const about = [count(size, "paper"), stability === null ? "" : `stability ${stability.toFixed(2)}`, focus];
  const button = element("button", { type: "button", className: "list-all", textContent: "List its papers" });
  button.addEventListener("click", () => {
    const members = membersOf(theme, state.themeLayer);
    select(members.map((yes, i) => yes & state.shown[i]));
    zoomTo(members);
    showTab("papers");
  });
  return [
    line("about", about.filter(Boolean).join(" · ")),
    sentence && line("words", `“${sentence}” (${sentencePaper})`),
    line("words", `Keywords: ${keywords}`),
    authorKeywords && line("words", `Authors' keywords: ${authorKeywords}`),
    line("links", button),
    ...yearsOf(theme),
    ...partsIn(theme),
    representative.length && element("h3", { textContent: "Most typical papers" }),
    representative.length && element("ol", { className: "papers" }, ...representative.map(item)),
    ...linkedTo(theme),
  ].filter(Boolean);
}

/** Return the title of the panel for a theme. */
export const titleOf = (theme) => layers[state.themeLayer].themes[theme].name;
