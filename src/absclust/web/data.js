/** The data that absclust/web/page.py put into the page, as typed arrays. */

const raw = JSON.parse(document.getElementById("data").textContent);

function decode(text, kind) {
  return new kind(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
}

const bothModes = ({ light, dark }) => ({
  light: decode(light, Uint8Array),
  dark: decode(dark, Uint8Array),
});

/** The papers drawn. Coordinates are 0 to 1, y downwards; year 0 means unknown. */
export const papers = {
  count: raw.titles.length,
  x: Float32Array.from(decode(raw.x, Uint16Array), (v) => v / 65535),
  y: Float32Array.from(decode(raw.y, Uint16Array), (v) => v / 65535),
  strength: Float32Array.from(decode(raw.strength, Uint8Array), (v) => v / 255),
  year: decode(raw.year, Uint16Array),
  row: decode(raw.row, Int32Array),
  copies: raw.copies,
  titles: raw.titles,
  links: raw.links,
  ids: raw.ids,
  runnerUp: decode(raw.runnerUp, Int32Array), // of the layer that the user asked for; -1 is none
};

const nearest = decode(raw.nearest, Int32Array);
const EACH = papers.count ? nearest.length / papers.count : 0;

/** Return the papers most similar to a paper, the most similar first. */
export function nearestOf(paper) {
  return [...nearest.subarray(EACH * paper, EACH * (paper + 1))].filter((other) => other >= 0);
}

/** How many papers are drawn evenly, of how many; null if all are drawn. */
export const sample = raw.sample;

/** The layers, broad to fine: `labels[paper]` is an index into `themes`, or -1. */
export const layers = raw.layers.map((layer) => ({
  ...layer,
  labels: decode(layer.labels, Int32Array),
  colors: bothModes(layer.colors),
  inks: bothModes(layer.inks),
}));

/** Patterns of the beginning of a formula and of a plain number (absclust/io/formulas.py). */
export const formulas = raw.formulas;

export const finest = layers[layers.length - 1];
export const main = raw.main; // the index of the layer that the user asked for

for (const layer of layers) {
  layer.anyPaper = new Int32Array(layer.themes.length).fill(-1); // one paper of each theme
  layer.labels.forEach((theme, paper) => {
    if (theme >= 0) layer.anyPaper[theme] = paper;
  });
}
// Since layers are nested, any paper of a theme tells the theme above it.
for (const layer of layers)
  layer.ofFinest = finest.anyPaper.map((paper) => (paper < 0 ? -1 : layer.labels[paper]));

/** Return all rows of the user's table that contain a paper. */
export function rowsOf(paper) {
  return [papers.row[paper], ...(papers.copies[paper] ?? [])];
}

/** Return whether an address is safe to click. */
export const safe = (address) => /^https?:\/\//i.test(address) && URL.canParse(address);

/** Return a paper's link if it is safe to click, otherwise an empty string. */
export function linkOf(paper) {
  const link = papers.links?.[paper] ?? "";
  return safe(link) ? link : "";
}

export function themeName(paper, layer) {
  return layer.themes[layer.labels[paper]]?.name ?? "No theme";
}
