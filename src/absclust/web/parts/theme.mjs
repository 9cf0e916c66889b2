/** What the panel says of one theme: its keywords, its size by year, its most typical papers. */

import { zoomTo } from "./camera.mjs";
import { colorsOf, css } from "./colors.mjs";
import { layers, nearestOf, papers } from "./data.mjs";
import { count, element, line, number } from "./dom.mjs";
import { themeLinks } from "./links.mjs";
import { item, showTab } from "./list.mjs";
import { membersOf, open, select, state } from "./state.mjs";

const MOST_BETWEEN = 10; // papers that lie between two themes
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
  const busiest = Math.max(...[...counts].filter(([, n]) => n === most).map(([year]) => year));
  const ends = line("ends", ...[first, `most in ${busiest}: ${count(most, "paper")}`, last].map((textContent) => element("span", { textContent })));
  const earlier = [...counts].reduce((sum, [year, n]) => sum + (year < first ? n : 0), 0);
  const undated = papers.year.reduce((sum, year, i) => sum + (!year && labels[i] === theme), 0);
  const others = [earlier && `${count(earlier, "paper")} before ${first}`, undated && `${count(undated, "paper")} without a year`].filter(Boolean);
  return [element("h3", { textContent: "Papers by year" }), list, ends, others.length && line("about", others.join("; "))];
}

/** Return a list of themes of a layer, each a click away; `about` says what stands after a name. */
function listOf(title, layer, themes, about = ({ size }) => number(size)) {
  if (!themes.length) return [];
  const items = themes.map((theme) => {
    const button = element("button", { type: "button", textContent: layers[layer].themes[theme].name });
    button.addEventListener("click", () => open({ layer, theme, paper: -1 }));
    const after = ` ${about(layers[layer].themes[theme], theme)}`;
    return element("li", {}, button, element("span", { className: "of", textContent: after }));
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
  const links = new Map(linked.map(({ ends: [a, b], links: n }) => [a === theme ? b : a, n]));
  return listOf("Linked themes", state.themeLayer, [...links.keys()], (_, other) => count(links.get(other), "link"));
}

/** Return what two themes of the layer are, side by side, and the papers that lie between them. */
function sideBySide(theme, other) {
  const { themes, labels } = layers[state.themeLayer];
  const pair = [theme, other];
  const words = pair.map((t) => themes[t].keywords.split(", "));
  const shared = words[0].filter((word) => words[1].includes(word));
  const own = words.map((list) => list.filter((word) => !shared.includes(word)).join(", "));
  const years = pair.map((t) => {
    const known = [...papers.year].filter((year, i) => year && labels[i] === t).sort((a, b) => a - b);
    return known.length ? `${known[0]} – ${known.at(-1)}, half from ${known[Math.floor(known.length / 2)]} on` : "";
  });
  const rows = [
    ["Papers", ...pair.map((t) => number(themes[t].size))],
    ["Stability", ...pair.map((t) => themes[t].stability?.toFixed(2) ?? "–")],
    ["Years", ...years],
    ["Own keywords", ...own],
  ].filter(([, ...values]) => values.some(Boolean));
  const cells = (tag, texts) => element("tr", {}, ...texts.map((textContent) => element(tag, { textContent })));
  const across = (i) => nearestOf(i).filter((near) => labels[near] === pair[1 - pair.indexOf(labels[i])]).length;
  const between = [...labels.keys()].filter((i) => pair.includes(labels[i]) && across(i));
  between.sort((a, b) => across(b) - across(a) || a - b);
  return [
    element("table", { className: "beside" }, cells("th", ["", ...pair.map((t) => themes[t].name)]), ...rows.map((row) => cells("td", row))),
    shared.length && line("words", `Shared keywords: ${shared.join(", ")}`),
    element("h3", { textContent: `${count(between.length, "paper")} between them` }),
    line("about", "in one of the themes, with a nearest paper in the other"),
    element("ol", { className: "papers" }, ...between.slice(0, MOST_BETWEEN).map(item)),
  ].filter(Boolean);
}

/** Return a choice of another theme to compare a theme with. */
function comparison(theme) {
  const { themes } = layers[state.themeLayer];
  if (themes.length < 2) return [];
  const result = element("div", { id: "beside" });
  result.ariaLive = "polite";
  const others = [...themes.keys()].filter((t) => t !== theme);
  const choice = element("select", { id: "beside-which" }, element("option", { value: "", textContent: "another theme …" }),
    ...others.map((t) => element("option", { value: String(t), textContent: themes[t].name })));
  choice.addEventListener("change", () =>
    result.replaceChildren(...(choice.value ? sideBySide(theme, Number(choice.value)) : [])));
  return [element("p", {}, element("label", {}, "Compare with ", choice)), result];
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
    ...comparison(theme),
  ].filter(Boolean);
}

/** Return the title of the panel for a theme. */
export const titleOf = (theme) => layers[state.themeLayer].themes[theme].name;
