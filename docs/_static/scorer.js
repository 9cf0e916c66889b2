// How results of the search are ranked: Sphinx's own scores, with pages that say what to do first.
const LAST = /^(decisions|measured|changes)/;

// Sphinx's searchtools.js uses it.
var Scorer = {
  score: ([page, , , , score]) => (LAST.test(page) ? score - 100 : score),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
