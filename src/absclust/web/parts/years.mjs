/** The years: two handles, and bars that show how many papers each year has. */

import { papers } from "./data.mjs";
import { count, find, number } from "./dom.mjs";
import { filter, state, years } from "./state.mjs";

const counts = new Map();

function draw() {
  const canvas = find("bars");
  const ratio = devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const style = getComputedStyle(find("years"));
  const step = width / (years.last - years.first + 1);
  const most = Math.max(...counts.values());
  for (const [year, papersOfYear] of counts) {
    const inside = year >= state.from && year <= state.to;
    context.fillStyle = style.color;
    context.globalAlpha = inside ? 0.55 : 0.15;
    const tall = Math.max(1.5, (papersOfYear / most) * height);
    context.fillRect((year - years.first) * step, height - tall, Math.max(1, step - 1), tall);
  }
}

function show() {
  find("span").textContent =
    state.from === state.to ? String(state.from) : `${state.from} – ${state.to}`;
  draw();
}

function move(event) {
  const [from, to] = [find("from"), find("to")];
  // The handles can't pass each other.
  if (Number(from.value) > Number(to.value)) {
    if (event.target === from) from.value = to.value;
    else to.value = from.value;
  }
  state.from = Number(from.value);
  state.to = Number(to.value);
  // With both at the end, the first must lie on top, or it couldn't be moved back.
  from.style.zIndex = state.from === years.last ? 1 : 0;
  show();
  filter();
}

export function startYears() {
  if (years.last <= years.first) return; // one year, or none
  for (const year of papers.year) if (year) counts.set(year, (counts.get(year) ?? 0) + 1);
  find("years").hidden = false;
  for (const [id, value] of [["from", state.from], ["to", state.to]]) {
    Object.assign(find(id), { min: years.first, max: years.last, value });
    find(id).addEventListener("input", move);
  }
  find("undated").hidden = years.undated === 0;
  find("undated").lastElementChild.textContent = `${number(years.undated)} without a year`;
  find("undated").title = `${count(years.undated, "paper")} of unknown year`;
  find("with-undated").checked = state.withUndated;
  find("with-undated").addEventListener("change", (event) => {
    state.withUndated = event.target.checked;
    filter();
  });
  new ResizeObserver(show).observe(find("bars"));
}
