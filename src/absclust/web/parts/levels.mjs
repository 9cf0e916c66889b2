/** Which names the map shows at a zoom: broad themes, themes, fine themes, then titles of papers. */

import { layers, meta, papers } from "./data.mjs";

const COVERED = 0.6; // about the share of the map's side that papers cover
// Pixels between neighbours at which names begin to appear, and at which they are there in full.
const NAMES = [64, 74];
const NAMES_ON_A_PHONE = [56, 64];
const TITLES = [120, 140];
const CLOSER = [1.3, 1.5]; // zoom between which there may be finer names than those of the themes

/** Return 0 below a range, 1 above it, and a smooth step in between. */
function ramp(value, [from, to]) {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

/**
 * Return how visible the names of each layer are, and, as the last, the titles: 0 to 1.
 *
 * `side` is the length of the map's side in pixels, `zoom` this relative to the view of the whole
 * map, `narrow` whether the stage is that of a phone, and `coarsest` the first layer to show,
 * whatever room there is.
 */
export function levels({ side, zoom, narrow, coarsest }) {
  const room = narrow ? NAMES_ON_A_PHONE : NAMES;
  const numbers = [...layers.map(({ themes }) => themes.length), papers.count];
  const there = numbers.map((n, level) => {
    const apart = (COVERED * side) / Math.sqrt(Math.max(1, n));
    const fit = ramp(apart, level === layers.length ? TITLES : room);
    if (level <= coarsest) return 1;
    // The view of the whole map is one that stays: there, no names are half visible.
    return level > meta.main ? fit * ramp(zoom, CLOSER) : zoom < CLOSER[0] ? Math.round(fit) : fit;
  });
  // The next finer names take the place of a layer's own.
  return there.map((own, level) => (level < coarsest ? 0 : own * (1 - (there[level + 1] ?? 0))));
}
