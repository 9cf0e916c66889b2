/** Small tools for the page. Text goes in as text, never as markup. */

export const find = (id) => document.getElementById(id);

export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const format = new Intl.NumberFormat("en");
export const number = (value) => format.format(value);
export const count = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
