/** The panel's first tab: the themes of the current layer, with switches, and the layers. */

import { camera } from "./camera.mjs";
import { css, colorsOf } from "./colors.mjs";
import { layers } from "./data.mjs";
import { countPapers, emit, isKept, isOn, narrowed, on, open, sharesOverTime, showAll, showOnly, state, toggle } from "./state.mjs";
import { element, find, number } from "./dom.mjs";
import { layerAt } from "./levels.mjs";

const SPARK = [36, 12]; // pixels, the size of a line of growth

/** Return a small line of a theme's share of the papers over the years; nothing of few years. */
function growth(values) {
  if (values.length < 3) return "";
  const most = Math.max(...values, 1e-9);
  const points = values.map((value, i) => `${((SPARK[0] * i) / (values.length - 1)).toFixed(1)},${(1 + (SPARK[1] - 2) * (1 - value / most)).toFixed(1)}`);
  const make = (tag, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };
  const picture = make("svg", { class: "growth", width: SPARK[0], height: SPARK[1], viewBox: `0 0 ${SPARK.join(" ")}`, "aria-hidden": "true" });
  picture.append(make("polyline", { points: points.join(" ") }));
  return picture;
}

function row(theme, { name, size, stability, keywords, authorKeywords, sentence }, shares = []) {
  const known = stability !== null;
  const bar = element("span", { className: "bar" });
  bar.style.setProperty("--share", `${100 * (stability ?? 0)}%`);
  const toggles = element("button", { type: "button", className: "switch" },
    element("span", { className: "swatch" }));
  toggles.ariaLabel = `Show ${name}`;
  const button = element("button", { type: "button", className: "theme", disabled: theme < 0 },
    element("span", { className: "name", textContent: name }),
    growth(shares),
    element("span", { className: "size", textContent: number(size) }),
    element("span", { className: "stability" },
      bar, known ? stability.toFixed(2) : "–"));
  button.title = (sentence && `${sentence}\n`) + keywords + (authorKeywords ? `\nAuthors' keywords: ${authorKeywords}` : "");
  button.ariaLabel = `${name}, ${number(size)} papers${known ? `, stability ${stability.toFixed(2)}` : ""}`;
  const only = element("button", { type: "button", className: "only", textContent: "only" });
  only.ariaLabel = `Show only ${name}`;
  const item = element("li", { }, toggles, button, only);
  item.dataset.theme = theme;
  return item;
}

function build() {
  const layer = layers[state.layer];
  const shares = sharesOverTime(layer);
  const rows = layer.themes.map((theme, id) => row(id, theme, shares[id]));
  if (layer.unplaced)
    rows.push(row(-1, {
      name: "No theme", size: layer.unplaced, stability: null, keywords: "", authorKeywords: "", sentence: "",
    }));
  find("legend").replaceChildren(...rows);
  paint();
  mark();
}

function paint() {
  const colors = colorsOf(state.layer, state.dark);
  for (const item of find("legend").children)
    item.style.setProperty("--theme", state.column < 0 ? css(colors.at(item.dataset.theme)) : "var(--line)");
}

/** Show which themes are on, and how many of their papers the years leave in. */
function mark() {
  const counts = narrowed() ? countPapers(layers[state.layer], isKept) : null;
  const { themes, unplaced } = layers[state.layer];
  for (const item of find("legend").children) {
    const theme = Number(item.dataset.theme);
    const size = themes[theme]?.size ?? unplaced;
    item.firstChild.ariaPressed = isOn(theme);
    item.querySelector(".size").textContent =
      counts ? `${number(counts.at(theme))} of ${number(size)}` : number(size);
    item.classList.toggle("none", Boolean(counts) && counts.at(theme) === 0);
  }
}

/** Let the papers of a theme stand out; those of one that is off can't. */
function focus(row) {
  const theme = row > -2 && isOn(row) === "false" ? -2 : row;
  if (state.focus === theme) return;
  state.focus = theme;
  emit("emphasis");
}

const themeAt = (event) => Number(event.target.closest("li")?.dataset.theme ?? -2);

/** Show a layer: the names on the map, the legend, the colours and the buttons are of this one. */
function showLayer(layer) {
  if (layer === state.layer) return;
  state.layer = layer;
  state.focus = -2;
  emit("layer");
}

/** Return to the layer that suits the zoom, unless the reader holds one. */
function settle() {
  if (state.follow) showLayer(layerAt({ side: camera.scale, zoom: camera.scale / camera.whole, width: camera.width }));
}

function press() {
  for (const input of find("layers").querySelectorAll("[type=radio]"))
    input.checked = Number(input.value) === state.layer;
  find("layers").querySelector("[type=checkbox]").checked = state.follow;
}

function buildLayers() {
  const button = (input, text, choose) => {
    // A click on the layer that is shown already must be heard too: it holds it.
    input.addEventListener("click", () => {
      choose(input);
      press();
      emit("hold");
    });
    find("layers").append(element("label", {}, input, element("span", { textContent: text })));
  };
  button(element("input", { type: "checkbox" }), "By zoom", ({ checked }) => {
    state.follow = checked;
    settle();
  });
  for (const [index, layer] of layers.entries())
    button(element("input", { type: "radio", name: "layer", value: String(index) }),
      `${layer.name} ${number(layer.themes.filter(({ focus }) => focus !== "mixed").length)}`, () => {
        state.follow = false;
        showLayer(index);
      });
  find("layers").hidden = layers.length < 2;
  press();
}

export function startLegend() {
  const legend = find("legend");
  legend.addEventListener("click", (event) => {
    const theme = themeAt(event);
    if (event.target.closest(".only")) showOnly(theme);
    else if (event.target.closest(".switch")) toggle(theme);
    else if (event.target.closest(".theme")) open({ layer: state.layer, theme });
  });
  legend.addEventListener("pointerover", (event) => focus(themeAt(event)));
  legend.addEventListener("pointerleave", () => focus(-2));
  legend.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && focus(themeAt(event)));
  legend.addEventListener("focusout", () => focus(-2));
  find("all-on").addEventListener("click", () => showAll(true));
  find("what-stability").addEventListener("click", () => {
    const means = find("stability-means");
    means.hidden = !means.hidden;
    find("what-stability").ariaExpanded = String(!means.hidden);
  });
  find("all-off").addEventListener("click", () => showAll(false));
  on("layer", build);
  on("layer", press);
  on("view", settle);
  on("filter", mark);
  on("mode column", paint);
  buildLayers();
  build();
}
