/** Export of papers as a CSV file. */

import { layers, linkOf, meta, once, papers, rowsOf, themeName } from "./data.mjs";

const patterns = once(() => ({
  formula: new RegExp(meta.formulas.start, "g"),
  plainNumber: new RegExp(`^(?:${meta.formulas.number})$`),
}));

/** Quote a value; an apostrophe before a formula keeps spreadsheet programs from running it. */
function cell(value) {
  const text = String(value);
  const { formula, plainNumber } = patterns();
  const safe = plainNumber.test(text) ? text : text.replace(formula, "$1$3'$2$4");
  return `"${safe.replaceAll('"', '""')}"`;
}

/**
 * Return the papers of a mask as CSV, with the texts `all` that the page has of them; `rows` are
 * row numbers in the user's table.
 */
export function toCsv(mask, all) {
  const doi = /^https?:\/\/(?:dx\.)?doi\.org\//i;
  const doiOf = (i) => all.addresses[i].find(([, address]) => doi.test(address))?.[1].replace(doi, "") ?? "";
  const columns = {
    ...(papers.ids && { id: (i) => papers.ids[i] }),
    rows: (i) => rowsOf(i).join(" "),
    title: (i) => papers.titles[i],
    ...Object.fromEntries(layers.map((layer) => [layer.column, (i) => themeName(i, layer)])),
    strength: (i) => Number(papers.strength[i].toFixed(2)),
    ...(papers.year.some(Boolean) && { year: (i) => papers.year[i] || "" }),
    ...(all.authors && { authors: (i) => all.authors[i] }),
    ...(all.venues && { venue: (i) => all.venues[i] }),
    ...(all.addresses.some((each) => each.length) && { doi: doiOf }),
    ...(papers.links.some(Boolean) && { link: linkOf }),
    ...(all.keywords.some((each) => each.length) && { keywords: (i) => all.keywords[i].join("; ") }),
    ...(all.abstracts && { abstract: (i) => all.abstracts[i] }),
  };
  const lines = [Object.keys(columns).map(cell)];
  mask.forEach((chosen, i) => {
    if (chosen) lines.push(Object.values(columns).map((value) => cell(value(i))));
  });
  // A byte-order mark makes spreadsheet programs read the text as UTF-8.
  return `\uFEFF${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
}

export function download(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
