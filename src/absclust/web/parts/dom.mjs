/** Small helpers for the page. Text is inserted as text, never as markup. */

export const find = (id) => document.getElementById(id);

export function element(tag, properties, ...children) {
  const created = Object.assign(document.createElement(tag), properties);
  created.append(...children);
  return created;
}

/** Return a paragraph of a class. */
export const line = (className, ...content) => element("p", { className }, ...content);

/** Set the text of an element, unless it says so already: a change costs a new layout. */
export function setText(part, text) {
  if (part.textContent !== text) part.textContent = text;
}

const format = new Intl.NumberFormat("en");
export const number = (value) => format.format(value);
export const count = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
