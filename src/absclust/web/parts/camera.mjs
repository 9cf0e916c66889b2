/** Which part of the map is visible, and what moves it: mouse, wheel, touch and keys. */

import { once, papers } from "./data.mjs";
import { boxOf } from "./space.mjs";
import { emit } from "./state.mjs";

export const MARGIN = 0.09; // of the stage, around what is fitted into it
const CLOSEST = 400; // greatest zoom, relative to the view of the whole map
const STEP = 60; // pixels by which an arrow key moves the map
const FLIGHT = 320; // milliseconds

export const camera = { scale: 1, x: 0, y: 0, width: 1, height: 1, left: 0, top: 0, whole: 1 };

const everything = once(() => boxOf(new Uint8Array(papers.count).fill(1)));
let flight = 0;
let later = null; // where to go when the stage has a size: an address may name a place at the start

/** Turn a place on the map into one on the stage, in CSS pixels. */
export const toScreen = (x, y) => [x * camera.scale + camera.x, y * camera.scale + camera.y];
/** Turn a place on the stage into one on the map. */
export const toMap = (px, py) => [(px - camera.x) / camera.scale, (py - camera.y) / camera.scale];

function viewOf(box, closest = Infinity) {
  const { left, top } = camera;
  const [width, height] = [camera.width - left, camera.height - top];
  const room = 1 - 2 * MARGIN;
  const scale = Math.min(
    (width * room) / Math.max(box.right - box.left, 1e-6),
    (height * room) / Math.max(box.bottom - box.top, 1e-6),
    closest,
  );
  return {
    scale,
    x: left + width / 2 - ((box.left + box.right) / 2) * scale,
    y: top + height / 2 - ((box.top + box.bottom) / 2) * scale,
  };
}

const wholeView = () => viewOf(everything(), Math.min(camera.width, camera.height) * 2);

/** Take the new size of the stage, of which `left` and `top` are covered; the middle stays there. */
export function resize({ width, height, left, top }) {
  const first = camera.width <= 1;
  const atWhole = Math.abs(camera.scale / camera.whole - 1) < 0.01;
  camera.x += (width - camera.width) / 2;
  camera.y += (height - camera.height) / 2;
  Object.assign(camera, { width, height, left, top });
  const whole = wholeView();
  camera.whole = whole.scale;
  if (first || atWhole) Object.assign(camera, whole);
  emit("view");
  later?.();
  later = null;
}

function whenSized(go) {
  if (camera.width > 1) go();
  else later = go;
}

function fly(target) {
  cancelAnimationFrame(flight);
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    Object.assign(camera, target);
    emit("view");
    return;
  }
  const from = { ...camera };
  const begin = performance.now();
  const step = (now) => {
    const t = Math.min(1, Math.max(0, now - begin) / FLIGHT);
    const ease = t * t * (3 - 2 * t);
    // Zoom by equal factors, while the place in the middle moves in a straight line.
    camera.scale = from.scale * (target.scale / from.scale) ** ease;
    const { width, height } = camera;
    for (const [axis, half] of [["x", width / 2], ["y", height / 2]]) {
      const a = (half - from[axis]) / from.scale;
      const b = (half - target[axis]) / target.scale;
      camera[axis] = half - (a + (b - a) * ease) * camera.scale;
    }
    if (t < 1) flight = requestAnimationFrame(step);
    else Object.assign(camera, target);
    emit("view");
  };
  flight = requestAnimationFrame(step);
}

export const showWhole = () => fly(wholeView());

/** Bring the papers of a mask into view, but not too close. */
export function zoomTo(mask) {
  const box = boxOf(mask);
  if (box.left <= box.right) whenSized(() => fly(viewOf(box, camera.whole * 12)));
}

/** Bring a paper to the middle of the stage. */
export function zoomToPaper(paper) {
  const [x, y] = [papers.x[paper], papers.y[paper]];
  whenSized(() => {
    const scale = Math.max(camera.scale, camera.whole * 4);
    fly({ scale, x: camera.width / 2 - x * scale, y: camera.height / 2 - y * scale });
  });
}

function zoom(factor, px = camera.width / 2, py = camera.height / 2) {
  cancelAnimationFrame(flight);
  const most = camera.whole * CLOSEST;
  const scale = Math.min(Math.max(camera.scale * factor, camera.whole / 3), most);
  camera.x = px - ((px - camera.x) * scale) / camera.scale;
  camera.y = py - ((py - camera.y) * scale) / camera.scale;
  camera.scale = scale;
  emit("view");
}

export function zoomSmoothly(factor) {
  const scale = Math.min(Math.max(camera.scale * factor, camera.whole / 3), camera.whole * CLOSEST);
  const shift = (at, half) => half - ((half - at) * scale) / camera.scale;
  fly({ scale, x: shift(camera.x, camera.width / 2), y: shift(camera.y, camera.height / 2) });
}

function pan(dx, dy) {
  cancelAnimationFrame(flight);
  camera.x += dx;
  camera.y += dy;
  emit("view");
}

const KEYS = {
  ArrowLeft: () => pan(STEP, 0),
  ArrowRight: () => pan(-STEP, 0),
  ArrowUp: () => pan(0, STEP),
  ArrowDown: () => pan(0, -STEP),
  "+": () => zoomSmoothly(1.6),
  "=": () => zoomSmoothly(1.6),
  "-": () => zoomSmoothly(1 / 1.6),
  0: showWhole,
};

/**
 * Listen to the pointer and the keys on the map. `hands` has these functions: `draws(event)` says
 * whether a drag draws a lasso; `stroke(points)` is called while it does and `lasso(points)` at its
 * end; `point(x, y)` when the pointer moves freely, and `leave()` when it leaves or drags the map;
 * `tap(x, y, touch)` for a click or a tap.
 */
export function listen(map, hands) {
  const fingers = new Map();
  let stroke = null;
  let moved = 0;

  const at = (event) => [event.offsetX, event.offsetY];

  map.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    map.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, at(event));
    moved = fingers.size > 1 ? Infinity : 0;
    stroke = fingers.size === 1 && hands.draws(event) ? [at(event)] : null;
  });

  map.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    const now = at(event);
    if (!before) {
      hands.point(...now);
      return;
    }
    const step = Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (stroke) {
      if (step < 3) return;
      stroke.push(now);
      hands.stroke(stroke);
    } else if (fingers.size === 2) {
      const fixed = [...fingers].find(([id]) => id !== event.pointerId)[1]; // the other finger
      const spread = (p) => Math.hypot(p[0] - fixed[0], p[1] - fixed[1]) || 1;
      pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
      zoom(spread(now) / spread(before), (now[0] + fixed[0]) / 2, (now[1] + fixed[1]) / 2);
    } else if (moved + step > 4) {
      map.classList.add("dragging");
      hands.leave();
      pan(now[0] - before[0], now[1] - before[1]);
    } else return; // the pointer rarely keeps quite still during a click
    moved += step;
    fingers.set(event.pointerId, now);
  });

  const end = (event) => {
    if (!fingers.delete(event.pointerId)) return;
    map.classList.remove("dragging");
    if (stroke) hands.lasso(event.type === "pointerup" ? stroke : []);
    else if (moved <= 4 && event.type === "pointerup")
      hands.tap(...at(event), event.pointerType !== "mouse");
    stroke = null;
  };
  map.addEventListener("pointerup", end);
  map.addEventListener("pointercancel", end);
  // A finger leaves the map whenever it is lifted; what its tap showed must stay.
  map.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse" && !fingers.size) hands.leave();
  });

  map.addEventListener("wheel", (event) => {
    // In a notebook the wheel scrolls the page until the map has been clicked.
    if (window !== window.parent && !document.hasFocus()) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0018)), ...at(event));
  }, { passive: false });

  map.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  });
}
