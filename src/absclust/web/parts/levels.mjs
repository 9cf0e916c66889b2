/** What a view of the map has room for: the names of which layer, and titles of papers. */

import { layers, meta, papers } from "./data.mjs";

const COVERED = 0.6; // about the share of the map's side that papers cover
const NAMES = { desk: 69, phone: 60 }; // pixels between neighbours from which on names fit
const TITLES = [120, 140]; // and at which titles begin to appear, and are there in full
const CLOSER = 1.5; // zoom from which on there may be finer themes than those of the whole map
const PHONE = 520; // pixels, width of the stage

export const isNarrow = (width) => width < PHONE;

const apart = (side, n) => (COVERED * side) / Math.sqrt(Math.max(1, n));

/**
 * Return the finest layer whose names have room: `side` is the length of the map's side in pixels,
 * `zoom` this relative to the view of the whole map, `width` that of the stage.
 */
export function layerAt({ side, zoom, width }) {
  const room = isNarrow(width) ? NAMES.phone : NAMES.desk;
  const finest = zoom < CLOSER ? meta.main : layers.length - 1;
  for (let layer = finest; layer > 0; layer -= 1)
    if (apart(side, layers[layer].themes.length) >= room) return layer;
  return 0;
}

/** Return how visible titles of papers are, 0 to 1; the names give way to them. */
export function titlesAt(side) {
  const [from, to] = TITLES;
  const t = Math.min(1, Math.max(0, (apart(side, papers.count) - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
