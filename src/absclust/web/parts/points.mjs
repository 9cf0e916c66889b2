/**
 * Draws the papers as discs straight into an array of pixels, without the canvas's drawing
 * functions: 100,000 discs take milliseconds, with or without a graphics card.
 */

import { once, papers } from "./data.mjs";
import { state } from "./state.mjs";

const PHASES = 4; // positions between two pixels, so that slow movement is smooth

// Papers are drawn patch by patch: jumping about in memory would take most of the time.
const PATCHES = 48;
const patch = (i) =>
  Math.floor(papers.y[i] * (PATCHES - 1)) * PATCHES + Math.floor(papers.x[i] * (PATCHES - 1));
const inPatches = once(() =>
  Uint32Array.from(papers.x.keys()).sort((a, b) => patch(a) - patch(b) || a - b));

const stamps = new Map();

/** Return the pixels that a disc covers and how much (0 to 256), for each subpixel position. */
function stampOf(radius) {
  if (stamps.has(radius)) return stamps.get(radius);
  if (stamps.size > 100) stamps.clear();
  const reach = Math.ceil(radius + 1.5);
  const phases = [];
  for (let phase = 0; phase < PHASES * PHASES; phase += 1) {
    const [dx, dy, cover] = [[], [], []];
    for (let y = -reach; y <= reach; y += 1)
      for (let x = -reach; x <= reach; x += 1) {
        const away = Math.hypot(x - (phase % PHASES) / PHASES, y - Math.floor(phase / PHASES) / PHASES);
        const share = Math.round(256 * Math.min(1, Math.max(0, radius + 0.5 - away)));
        if (share === 0) continue;
        dx.push(x);
        dy.push(y);
        cover.push(share);
      }
    phases.push({ dx: Int16Array.from(dx), dy: Int16Array.from(dy), cover: Int16Array.from(cover) });
  }
  stamps.set(radius, { reach, phases });
  return stamps.get(radius);
}

/** Blend a disc of a colour into the frame, with its middle at a place; `alpha` is 0 to 256. */
function lay({ pixels, width, height }, { reach, phases }, { x: px, y: py }, color, alpha) {
  const left = Math.floor(px);
  const top = Math.floor(py);
  const phase = Math.floor((py - top) * PHASES) * PHASES + Math.floor((px - left) * PHASES);
  const { dx, dy, cover } = phases[phase];
  const clipped =
    left < reach || top < reach || left >= width - reach || top >= height - reach;
  const redBlue = color & 0xff00ff;
  const green = color & 0x00ff00;
  for (let k = 0; k < cover.length; k += 1) {
    const x = left + dx[k];
    const y = top + dy[k];
    if (clipped && (x < 0 || y < 0 || x >= width || y >= height)) continue;
    const weight = (cover[k] * alpha) >> 8;
    const at = y * width + x;
    const under = pixels[at];
    // Red and blue share one multiplication; the mask removes what spills over.
    const rb = under & 0xff00ff;
    const g = under & 0x00ff00;
    pixels[at] =
      0xff000000 |
      ((rb + (Math.imul(redBlue - rb, weight) >> 8)) & 0xff00ff) |
      ((g + (Math.imul(green - g, weight) >> 8)) & 0x00ff00);
  }
}

const pack = ([r, g, b]) => 0xff000000 | (b << 16) | (g << 8) | r;

/**
 * Draw the shown papers in the colours of their themes.
 *
 * `view` has the scale and offset in pixels, the radius, the strongest alpha, and the width of a
 * rim in the page's colour (0 for none). `look` has the background, the label of each paper, the
 * colours of the labels (the last for -1), and a mask of papers that stand out: the others are
 * drawn first, pale. `sizes`, if not null, has the class of each paper and how much wider it is drawn.
 */
export function drawPoints(frame, view, look) {
  const { shown } = state;
  const { labels } = look;
  const background = pack(look.background);
  const colors = Int32Array.from(look.colors, pack);
  const { standOut } = look;
  const order = inPatches();
  frame.pixels.fill(background);

  const draw = (radius, strongest, varies, out) => {
    const wider = (look.sizes?.factors ?? [1]).map((factor) => Math.round(radius * factor * 4) / 4 || 0.25);
    const discs = (look.sizes ? wider : [radius]).map((r) => [stampOf(r), view.rim ? stampOf(r + view.rim) : null]);
    const edge = Math.max(...discs.map(([disc]) => disc.reach)) + 1;
    for (let k = 0; k < order.length; k += 1) {
      const i = order[k];
      if (!shown[i] || (standOut && standOut[i] !== out)) continue;
      const at = { x: papers.x[i] * view.scale + view.x, y: papers.y[i] * view.scale + view.y };
      if (at.x < -edge || at.y < -edge || at.x > frame.width + edge || at.y > frame.height + edge) continue;
      const alpha = (varies ? strongest * (0.65 + 0.35 * papers.strength[i]) : strongest) | 0;
      const color = colors[labels[i] < 0 ? colors.length - 1 : labels[i]];
      const [disc, rim] = discs[look.sizes ? look.sizes.groups[i] : 0];
      if (rim) lay(frame, rim, at, background, alpha);
      lay(frame, disc, at, color, alpha);
    }
  };

  if (standOut) {
    draw(view.radius * 0.85, view.alpha * 0.16, false, 0);
    draw(view.radius * 1.2, 240, false, 1);
  } else draw(view.radius, view.alpha, true, 0);
}
