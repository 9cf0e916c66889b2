/**
 * Draws the papers as discs into a frame of pixels, without the canvas's own drawing: 100,000
 * discs take milliseconds, with or without a graphics card.
 */

import { papers } from "./data.js";

const PHASES = 4; // steps between two pixels, so that slow movement is smooth

const RIMMED = 4; // pixels of radius from which a disc has a rim of the page's colour

const stamps = new Map();

/** Return the coverage of a disc, 0 to 256 a pixel, for each of its places between pixels. */
function stampsOf(radius) {
  if (stamps.has(radius)) return stamps.get(radius);
  const reach = Math.ceil(radius + 1);
  const side = 2 * reach + 1;
  const masks = [];
  for (let phase = 0; phase < PHASES * PHASES; phase += 1) {
    const cx = reach + (phase % PHASES) / PHASES;
    const cy = reach + Math.floor(phase / PHASES) / PHASES;
    const mask = new Uint16Array(side * side);
    for (let k = 0; k < mask.length; k += 1) {
      const distance = Math.hypot((k % side) - cx, Math.floor(k / side) - cy);
      mask[k] = 256 * Math.min(1, Math.max(0, radius + 0.5 - distance));
    }
    masks.push(mask);
  }
  if (stamps.size > 100) stamps.clear();
  stamps.set(radius, { reach, side, masks });
  return stamps.get(radius);
}

/** Lay a disc of a colour over the frame; `alpha` is 0 to 256. */
function stamp(frame, { reach, side, masks }, px, py, color, alpha) {
  const left = Math.floor(px);
  const top = Math.floor(py);
  const mask =
    masks[Math.floor((py - top) * PHASES) * PHASES + Math.floor((px - left) * PHASES)];
  const { pixels, width, height } = frame;
  const firstRow = Math.max(0, reach - top);
  const lastRow = Math.min(side, height - top + reach);
  const firstColumn = Math.max(0, reach - left);
  const lastColumn = Math.min(side, width - left + reach);
  const redBlue = color & 0xff00ff;
  const green = color & 0x00ff00;
  for (let row = firstRow; row < lastRow; row += 1) {
    let at = (top - reach + row) * width + left - reach + firstColumn;
    for (let k = row * side + firstColumn; k < row * side + lastColumn; k += 1, at += 1) {
      const weight = (mask[k] * alpha) >> 8;
      if (weight === 0) continue;
      const under = pixels[at];
      // Red and blue share one multiplication; what spills between them is masked away.
      const rb = under & 0xff00ff;
      const g = under & 0x00ff00;
      pixels[at] =
        0xff000000 |
        ((rb + (Math.imul(redBlue - rb, weight) >> 8)) & 0xff00ff) |
        ((g + (Math.imul(green - g, weight) >> 8)) & 0x00ff00);
    }
  }
}

const pack = ([r, g, b]) => 0xff000000 | (b << 16) | (g << 8) | r;

/**
 * Draw the shown papers.
 *
 * `view` has the scale and shift to pixels and the radius; `look` has the background, the
 * colours of `labels` (the last for -1), and what stands out: the others are drawn first, pale.
 */
export function drawPoints(frame, view, shown, labels, look) {
  const background = pack(look.background);
  frame.pixels.fill(background);
  const colors = look.colors.map(pack);
  const draw = (radius, alphaOf, colorOf, chosen) => {
    const disc = stampsOf(radius);
    const rim = radius >= RIMMED && stampsOf(radius + 1);
    const edge = disc.reach + 1;
    for (let i = 0; i < papers.count; i += 1) {
      if (!shown[i] || !chosen(i)) continue;
      const px = papers.x[i] * view.scale + view.x;
      const py = papers.y[i] * view.scale + view.y;
      if (px < -edge || py < -edge || px > frame.width + edge || py > frame.height + edge) continue;
      if (rim) stamp(frame, rim, px, py, background, alphaOf(i));
      stamp(frame, disc, px, py, colorOf(i), alphaOf(i));
    }
  };
  const color = (i) => colors.at(labels[i]);
  const alpha = (i) => view.alpha * (0.65 + 0.35 * papers.strength[i]);
  if (look.standOut) {
    draw(view.radius * 0.85, () => view.alpha * 0.16, color, (i) => !look.standOut[i]);
    draw(view.radius * 1.2, () => 240, color, (i) => look.standOut[i]);
  } else draw(view.radius, alpha, color, () => true);
}
