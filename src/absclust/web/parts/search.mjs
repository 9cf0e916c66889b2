/** Search: papers by all that the page knows of them, ranked, and themes by name and keywords. */

import { decode, layers, meta, papers } from "./data.mjs";
import { state } from "./state.mjs";

// How much a word counts where it stands: id, title, keywords, authors and venue and values of other
// columns, theme, abstract, year.
const WEIGHTS = [8, 5, 4, 3, 2, 1, 1];
const [OF_THEME, YEAR] = [4, 6]; // their places; a year is matched as a whole
const AT_START = 1.25; // of a word
const AS_PHRASE = 2; // the whole query, as it is
const FEWEST = 2; // papers of a selection that use what stands out in it
const MOST = 8; // terms that stand out
const [NEAR, NEAREST] = [0.3, 30]; // cosine, and number, of the papers found by meaning

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const textOf = ({ name, keywords }) => fold(`${name} ${keywords}`);
const wordsOf = (query) => fold(query).split(/\s+/).filter(Boolean);

let fields = null; // the folded fields of each paper
let space = null; // vectors of papers and words, where the page has them

/** Prepare the search in the texts of the papers, or in their titles while these are unpacked. */
export function prepare(all) {
  if (all?.meaning) space = unpacked(all.meaning);
  const { themes, labels } = layers[meta.main];
  const themeTexts = themes.map(textOf);
  fields = papers.titles.map((title, i) => [
    fold(papers.ids?.[i] ?? ""),
    fold(title),
    fold(all?.keywords[i].join(" ") ?? ""),
    fold(`${all?.authors?.[i] ?? ""} ${all?.venues?.[i] ?? ""} ${all?.values[i] ?? ""}`),
    themeTexts[labels[i]] ?? "",
    fold(all?.abstracts?.[i] ?? ""),
    String(papers.year[i] || ""),
  ]);
}

/**
 * Return how well a paper matches: 0 if one of the words is nowhere, or if all are only in its theme,
 * which is found by itself.
 */
function score(texts, words, phrase) {
  let sum = 0;
  let own = false;
  for (const word of words) {
    let best = 0;
    for (let f = 0; f < texts.length && WEIGHTS[f] * AT_START > best; f += 1) {
      const at = texts[f].indexOf(word);
      if (at < 0 || (f === YEAR && texts[f] !== word)) continue;
      const begins = at === 0 || texts[f][at - 1] === " ";
      best = Math.max(best, WEIGHTS[f] * (begins ? AT_START : 1));
    }
    if (best === 0) return 0;
    own ||= texts.some((text, f) => f !== OF_THEME && (f === YEAR ? text === word : text.includes(word)));
    sum += best;
  }
  if (!own) return 0;
  return texts[1].includes(phrase) ? sum * AS_PHRASE : sum;
}

/** Return the score of each paper, 0 where it doesn't match; null without a query. */
export function scores(query) {
  const words = wordsOf(query);
  if (!words.length) return null;
  if (!fields) prepare(null);
  const phrase = words.join(" ");
  return Float32Array.from(fields, (texts) => score(texts, words, phrase));
}

function unpacked({ dimensions, words, ofWords, ofPapers }) {
  const numbers = new Map(words.map((word, i) => [word.normalize("NFKD").replace(/\p{M}/gu, ""), i]));
  return { dimensions, numbers, ofWords: decode(ofWords, Int8Array), ofPapers: decode(ofPapers, Int8Array) };
}

/** Return whether the page can search by meaning. */
export const canMean = () => space !== null;

/**
 * Return how near papers are in meaning: the cosine with the sum of the query's words, 0 for all but
 * the nearest; null if none of the words is known. A plural may be known by its singular.
 */
export function meanings(query) {
  const { dimensions, numbers, ofWords, ofPapers } = space;
  const known = (fold(query).match(/[\p{L}\p{N}-]+/gu) ?? [])
    .map((word) => numbers.get(word) ?? numbers.get(word.replace(/s$/, "")) ?? numbers.get(`${word}s`))
    .filter((at) => at !== undefined);
  if (!known.length) return null;
  const sum = new Float32Array(dimensions);
  for (const at of known) for (let d = 0; d < dimensions; d += 1) sum[d] += ofWords[at * dimensions + d];
  const cosines = Float32Array.from({ length: papers.count }, (_, paper) => {
    let [product, length] = [0, 0];
    for (let d = 0; d < dimensions; d += 1) {
      const value = ofPapers[paper * dimensions + d];
      product += value * sum[d];
      length += value * value;
    }
    return product / (Math.sqrt(length) * Math.hypot(...sum) || 1);
  });
  const least = Math.max(NEAR, cosines.toSorted((a, b) => b - a)[Math.min(NEAREST, papers.count) - 1]);
  return cosines.map((cosine) => (cosine >= least ? cosine : 0));
}

/** Return the themes of the current layer whose name or keywords have all words of a query. */
export function themesFound(query) {
  const words = wordsOf(query);
  if (!words.length) return [];
  const texts = layers[state.layer].themes.map(textOf);
  return [...texts.keys()].filter((t) => words.every((word) => texts[t].includes(word)));
}

let uses = null; // word or keyword -> the number of papers that use it

const termsOf = (paper, all) => {
  const given = all.keywords[paper];
  const words = papers.titles[paper].match(/[\p{L}\p{N}][\p{L}\p{N}-]{3,}/gu) ?? [];
  return new Set([...given, ...words].map((term) => term.toLowerCase()));
};

/** Return the keywords and title words that a selection uses more than the other papers do. */
export function standingOut(selection, all) {
  if (!uses) {
    uses = new Map();
    for (let i = 0; i < papers.count; i += 1)
      for (const term of termsOf(i, all)) uses.set(term, (uses.get(term) ?? 0) + 1);
  }
  const inside = new Map();
  for (const paper of selection)
    for (const term of termsOf(paper, all)) inside.set(term, (inside.get(term) ?? 0) + 1);
  const share = selection.length / papers.count;
  const weights = [...inside]
    .filter(([, n]) => n >= Math.min(FEWEST, selection.length))
    .map(([term, n]) => [term, n * Math.log(n / (uses.get(term) * share))])
    .filter(([, weight]) => weight > 0);
  return weights.sort((a, b) => b[1] - a[1]).slice(0, MOST).map(([term]) => term);
}
