/** What a view of the map has room for: the names of which layer, and titles of papers. */

import { layers, meta, papers } from "./data.mjs";

const COVERED = 0.6; // about the share of the map's side that papers cover
const NAMES = { desk: 69, phone: 60 }; // pixels between neighbours from which on names fit
const TITLES = 130; // and from which on titles do
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

/** Return whether there are titles of papers, to which the names give way: in full, or not at all. */
export const hasTitles = (side) => apart(side, papers.count) >= TITLES;
