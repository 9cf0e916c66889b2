/** The data of the map, as typed arrays; `load` takes them from what absclust/web/page.py wrote. */

/** The papers drawn. Coordinates are 0 to 1, y downwards; year 0 means unknown. */
export const papers = {};

/**
 * The layers, broad to fine: `labels[paper]` is an index into `themes`, or -1; `linked` has two themes
 * and the number of links between all their papers, and so on.
 */
export const layers = [];

/**
 * What holds for the whole map: `main`, the index of the layer that the user asked for; `finest`,
 * the last layer; `sample`, how many papers are drawn evenly, of how many, or null if all are
 * drawn; `neighbors`, to how many nearest papers each is linked; `formulas`, patterns of where a
 * formula begins and of a plain number (absclust/io/formulas.py).
 */
export const meta = {};

/** The columns that papers can be coloured by: `groups[paper]` is an index into `names`. */
export const columns = [];

let nearest = new Int32Array();
let citations = new Int32Array(); // pairs of a paper and one that it cites

/** Return a function that makes something of the data when it is first called. */
export function once(make) {
  let made;
  return () => {
    made ??= make();
    return made;
  };
}

export function decode(text, kind) {
  return new kind(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
}

const bothModes = ({ light, dark }) => ({
  light: decode(light, Uint8Array),
  dark: decode(dark, Uint8Array),
});

function layerOf(raw) {
  const labels = decode(raw.labels, Int32Array);
  const anyPaper = new Int32Array(raw.themes.length).fill(-1); // one paper of each theme
  labels.forEach((theme, paper) => {
    if (theme >= 0) anyPaper[theme] = paper;
  });
  const linked = decode(raw.linked, Int32Array);
  const themes = raw.themes.map((theme) => ({ ...theme, representative: theme.representative.filter((paper) => paper >= 0) }));
  return { ...raw, themes, labels, linked, anyPaper, colors: bothModes(raw.colors), inks: bothModes(raw.inks) };
}

/** Take the data of a page: the parsed JSON that it contains. */
export function load(raw) {
  const places = Float32Array.from(decode(raw.places, Uint16Array), (v) => v / 65535);
  Object.assign(papers, {
    count: raw.titles.length,
    x: places.subarray(0, raw.titles.length),
    y: places.subarray(raw.titles.length),
    strength: Float32Array.from(decode(raw.strength, Uint8Array), (v) => v / 255),
    // How near a paper is to the centre of its theme: the cosine.
    centrality: Float32Array.from(decode(raw.centrality, Int16Array), (v) => v / 32767),
    year: decode(raw.year, Uint16Array),
    row: decode(raw.row, Int32Array),
    copies: raw.copies,
    titles: raw.titles,
    links: raw.links,
    ids: raw.ids,
    runnerUp: decode(raw.runnerUp, Int32Array), // of the layer that the user asked for; -1 is none
  });
  nearest = decode(raw.nearest, Int32Array);
  citations = decode(raw.citations ?? "", Int32Array);
  columns.splice(0, columns.length, ...raw.columns.map((column) => ({
    ...column, groups: decode(column.groups, Uint8Array), colors: bothModes(column.colors),
  })));
  layers.splice(0, layers.length, ...raw.layers.map(layerOf));
  const finest = layers.at(-1);
  Object.assign(meta, { main: raw.main, heading: raw.heading, finest, sample: raw.sample.of > papers.count ? raw.sample : null, formulas: raw.formulas, made: raw.made, neighbors: raw.neighbors });
  // Since layers are nested, any paper of a theme tells the theme above it.
  for (const layer of layers)
    layer.ofFinest = finest.anyPaper.map((paper) => (paper < 0 ? -1 : layer.labels[paper]));
}

/** Return the papers most similar to a paper, the most similar first. */
export function nearestOf(paper) {
  const each = nearest.length / papers.count;
  return [...nearest.subarray(each * paper, each * (paper + 1))].filter((other) => other >= 0);
}

/** Return the papers of the map that a paper cites, and those that cite it; the latest first. */
export function citationsOf(paper) {
  const [cites, citedBy] = [[], []];
  for (let i = 0; i < citations.length; i += 2) {
    if (citations[i] === paper) cites.push(citations[i + 1]);
    if (citations[i + 1] === paper) citedBy.push(citations[i]);
  }
  for (const list of [cites, citedBy]) list.sort((a, b) => papers.year[b] - papers.year[a]);
  return { cites, citedBy };
}

/** Return all rows of the user's table that contain a paper. */
export function rowsOf(paper) {
  return [papers.row[paper], ...(papers.copies[paper] ?? [])];
}

/** Return whether an address is safe to click. */
export const safe = (address) => /^https?:\/\//i.test(address) && URL.canParse(address);

/** Return a paper's link if it is safe to click, otherwise an empty string. */
export function linkOf(paper) {
  const link = papers.links[paper];
  return safe(link) ? link : "";
}

export function themeName(paper, layer) {
  return layer.themes[layer.labels[paper]]?.name ?? "No theme";
}
