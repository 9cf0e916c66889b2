/** Colours of themes: chosen in Python, as in the pictures (absclust/plot/colors.py). */

import { columns, layers } from "./data.mjs";

const GREY = { light: [139, 139, 139], dark: [148, 148, 148] }; // of papers without a theme

const at = (bytes, theme) => [...bytes.subarray(3 * theme, 3 * theme + 3)];
const modeOf = (dark) => (dark ? "dark" : "light");

/** Return the colours of a layer's themes as [red, green, blue]; the last is grey, for no theme. */
export function colorsOf(index, dark) {
  const bytes = layers[index].colors[modeOf(dark)];
  return [...layers[index].themes.map((_, theme) => at(bytes, theme)), GREY[modeOf(dark)]];
}

/** Return the colours of the classes of a column. */
export function classColors(column, dark) {
  return columns[column].names.map((_, group) => at(columns[column].colors[modeOf(dark)], group));
}

/** Return the colour of a theme's name: enough contrast to be read, in the theme's hue. */
export function inkOf(index, theme, dark) {
  return at(layers[index].inks[modeOf(dark)], theme);
}

export const css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;
