/**
 * Colours of themes that stay apart for colour-blind readers too: beginning with a known
 * colour-blind safe palette, each further colour is the one farthest from all before it, in
 * OKLab (Ottosson 2020), as seen with full sight, protanopia, deuteranopia and tritanopia
 * (Machado, Oliveira and Fernandes 2009).
 */

import { layers, main, papers } from "./data.js";

const SEEDS = ["#0173b2", "#de8f05", "#029e73", "#cc78bc", "#d55e00", "#56b4e9"];
const GREY = [0.62, 0, 0]; // of papers without theme, in OKLab
const MOST = 40; // colours; with more themes they begin again
const DARK_LIFT = 0.08; // of lightness, on a dark page
const SIGHT = [
  [1, 0, 0, 0, 1, 0, 0, 0, 1],
  [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
];

const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const gamma = (c) => (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055);
const times = (m, [a, b, c]) => [0, 3, 6].map((i) => m[i] * a + m[i + 1] * b + m[i + 2] * c);

function toLab(rgb) {
  const lms = times(
    [0.4122214708, 0.5363325363, 0.0514459929, 0.2119034982, 0.6806995451, 0.1073969566,
      0.0883024619, 0.2817188376, 0.6299787005], rgb).map((v) => Math.cbrt(Math.max(v, 0)));
  return times(
    [0.2104542553, 0.793617785, -0.0040720468, 1.9779984951, -2.428592205, 0.4505937099,
      0.0259040371, 0.7827717662, -0.808675766], lms);
}

function fromLab(lab) {
  const lms = times(
    [1, 0.3963377774, 0.2158037573, 1, -0.1055613458, -0.0638541728,
      1, -0.0894841775, -1.291485548], lab).map((v) => v ** 3);
  return times(
    [4.0767416621, -3.3077115913, 0.2309699292, -1.2684380046, 2.6097574011, -0.3413193965,
      -0.0041960863, -0.7034186147, 1.707614701], lms);
}

const parse = (hex) => toLab([1, 3, 5].map((i) => linear(parseInt(hex.slice(i, i + 2), 16) / 255)));
const bytes = (lab) => fromLab(lab).map((c) => Math.round(255 * gamma(Math.min(Math.max(c, 0), 1))));
const inGamut = (lab) => fromLab(lab).every((c) => c > -0.001 && c < 1.001);

/** How each kind of eye sees a colour: four places in OKLab. */
const views = (lab) => SIGHT.map((m) => toLab(times(m, fromLab(lab))));
const apart = (a, b) =>
  Math.min(...a.map((v, i) => Math.hypot(v[0] - b[i][0], v[1] - b[i][1], v[2] - b[i][2])));

function candidates() {
  const found = [];
  for (const l of [0.45, 0.53, 0.61, 0.69, 0.77])
    for (const chroma of [0.07, 0.11, 0.15])
      for (let hue = 0; hue < 360; hue += 15) {
        const angle = (hue * Math.PI) / 180;
        const lab = [l, chroma * Math.cos(angle), chroma * Math.sin(angle)];
        if (inGamut(lab)) found.push(lab);
      }
  return found;
}

function palette(count) {
  const chosen = SEEDS.map(parse);
  const rest = candidates().map((lab) => ({ lab, seen: views(lab), gap: apart(views(lab), views(GREY)) }));
  for (const lab of chosen) narrow(rest, lab);
  while (chosen.length < Math.min(count, MOST)) {
    const best = rest.reduce((a, b) => (b.gap > a.gap ? b : a));
    chosen.push(best.lab);
    narrow(rest, best.lab);
  }
  return chosen;
}

function narrow(rest, lab) {
  const seen = views(lab);
  for (const one of rest) one.gap = Math.min(one.gap, apart(one.seen, seen));
}

/** Give themes that lie close together colours that lie far apart: swap two while that helps. */
function assign(count, place) {
  const given = palette(count).slice(0, count).map((lab) => ({ lab, seen: views(lab) }));
  const near = (a, b) => 0.1 + Math.hypot(place[a][0] - place[b][0], place[a][1] - place[b][1]);
  const strain = (theme, color) =>
    given.reduce((sum, other, at) =>
      other === color || at === theme ? sum : sum + (apart(color.seen, other.seen) * near(theme, at)) ** -2, 0);
  for (let better = true; better;) {
    better = false;
    for (let a = 0; a < given.length; a += 1)
      for (let b = 0; b < a; b += 1) {
        const before = strain(a, given[a]) + strain(b, given[b]);
        [given[a], given[b]] = [given[b], given[a]];
        if (strain(a, given[a]) + strain(b, given[b]) < before * (1 - 1e-9)) better = true;
        else [given[a], given[b]] = [given[b], given[a]];
      }
  }
  return Array.from({ length: count }, (_, theme) => given[theme % MOST].lab);
}

function centres({ themes, labels }) {
  const sums = themes.map(() => [0, 0, 0]);
  labels.forEach((theme, paper) => {
    if (theme < 0) return;
    sums[theme][0] += papers.x[paper];
    sums[theme][1] += papers.y[paper];
    sums[theme][2] += 1;
  });
  return sums.map(([x, y, n]) => [x / n, y / n]);
}

/** Broad themes take the colour of their largest theme, fine ones shades of the theme above. */
function colorLayer(layer, index, colors) {
  if (index === main) return colors;
  const middle = layers[main];
  const partner = new Array(layer.themes.length).fill(-1);
  layer.labels.forEach((theme, paper) => {
    const other = middle.labels[paper];
    if (theme >= 0 && (partner[theme] < 0 || other < partner[theme])) partner[theme] = other;
  });
  if (index < main) return partner.map((theme) => colors[theme]);
  const seen = new Map();
  return partner.map((theme) => {
    const nth = seen.get(theme) ?? 0;
    seen.set(theme, nth + 1);
    const [l, a, b] = colors[theme];
    return [l + [0, 0.09, -0.09, 0.045, -0.045][nth % 5], a, b];
  });
}

const middle = assign(layers[main].themes.length, centres(layers[main]));
const labs = layers.map((layer, index) => [...colorLayer(layer, index, middle), GREY]);

/** Return the colours of a layer's themes as [red, green, blue]; the last is for no theme. */
export function colorsOf(index, dark) {
  return labs[index].map(([l, a, b]) => bytes([l + (dark ? DARK_LIFT : 0), a, b]));
}

/** Return a colour in which a theme's name can be read on the page: contrast first, then hue. */
export function inkOf(index, theme, dark) {
  const [, a, b] = labs[index].at(theme);
  return bytes([dark ? 0.86 : 0.4, 0.75 * a, 0.75 * b]);
}

export const css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;
