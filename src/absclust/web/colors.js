/** Colours of themes: chosen in Python, the same as in the pictures (absclust/plot/colors.py). */

import { layers } from "./data.js";

const GREY = { light: [139, 139, 139], dark: [148, 148, 148] }; // of papers without theme

const at = (bytes, theme) => [...bytes.subarray(3 * theme, 3 * theme + 3)];
const ground = (dark) => (dark ? "dark" : "light");

/** Return the colours of a layer's themes as [red, green, blue]; the last is for no theme. */
export function colorsOf(index, dark) {
  const bytes = layers[index].colors[ground(dark)];
  return [...layers[index].themes.map((_, theme) => at(bytes, theme)), GREY[ground(dark)]];
}

/** Return a colour in which a theme's name can be read on the page: contrast first, then hue. */
export function inkOf(index, theme, dark) {
  return at(layers[index].inks[ground(dark)], theme);
}

export const css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;
