/** What papers are coloured by: their themes, or a column, whose classes a click leaves out. */

import { classColors, css } from "./colors.mjs";
import { columns, papers } from "./data.mjs";
import { element, find, number } from "./dom.mjs";
import { emit, isLeft, on, state, toggleClass } from "./state.mjs";

/** List the classes of the column, with their colours and the number of papers shown. */
function list() {
  const { column } = state;
  find("classes").hidden = column < 0;
  if (column < 0) return;
  const { names, groups } = columns[column];
  const colors = classColors(column, state.dark);
  const [all, shown] = [new Array(names.length).fill(0), new Array(names.length).fill(0)];
  groups.forEach((group, paper) => {
    all[group] += 1;
    shown[group] += state.shown[paper];
  });
  const items = names.map((name, group) => {
    const size = shown[group] === all[group] ? number(all[group]) : `${number(shown[group])} of ${number(all[group])}`;
    const button = element("button", { type: "button" },
      element("span", { className: "swatch" }), element("bdi", { textContent: name }),
      element("span", { className: "size", textContent: size }));
    button.ariaPressed = String(!isLeft(column, group));
    button.style.setProperty("--theme", css(colors[group]));
    button.dataset.group = group;
    return element("li", { hidden: all[group] === 0 }, button);
  });
  const focused = document.activeElement?.dataset.group;
  find("classes").replaceChildren(...items);
  if (focused !== undefined) find("classes").querySelector(`[data-group="${focused}"]`)?.focus();
}

export function startColumns() {
  find("color").hidden = !columns.length || papers.count < 2;
  const choice = find("color-by");
  choice.append(...columns.map(({ name }, index) => element("option", { value: String(index), textContent: name })));
  choice.value = String(state.column);
  choice.addEventListener("change", () => {
    state.column = Number(choice.value);
    emit("column");
  });
  const sizes = find("size-by");
  sizes.append(...[...columns.entries()].filter(([, { ordered }]) => ordered)
    .map(([index, { name }]) => element("option", { value: String(index), textContent: name })));
  sizes.parentElement.hidden = sizes.options.length < 2;
  sizes.value = String(state.sized);
  sizes.addEventListener("change", () => {
    state.sized = Number(sizes.value);
    emit("column");
  });
  find("classes").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) toggleClass(state.column, Number(button.dataset.group));
  });
  on("column filter mode", list);
  list();
}
