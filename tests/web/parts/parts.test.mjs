/** The modules of the page that need no page, run by node's own test runner. */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { before, beforeEach, test } from "node:test";

import { toCsv } from "../../../src/absclust/web/parts/csv.mjs";
import { layers, linkOf, load, meta, nearestOf, papers, rowsOf } from "../../../src/absclust/web/parts/data.mjs";
import { count } from "../../../src/absclust/web/parts/dom.mjs";
import { crosses, meet, place } from "../../../src/absclust/web/parts/labels.mjs";
import { hasTitles, layerAt } from "../../../src/absclust/web/parts/levels.mjs";
import { themeLinks } from "../../../src/absclust/web/parts/links.mjs";
import { prepare, scores, standingOut, themesFound } from "../../../src/absclust/web/parts/search.mjs";
import { boxOf, inside, nearest } from "../../../src/absclust/web/parts/space.mjs";
import { classesOff, countOf, filter, isOn, listed, mark, narrowed, on, select, sharesOverTime, showAll, showOnly, startState, state, toggle, toggleClass, years } from "../../../src/absclust/web/parts/state.mjs";
import { places, smallMap, smallTexts } from "./small_map.mjs";

const PARTS = new URL("../../../src/absclust/web/parts/", import.meta.url);
const all = () => new Uint8Array(papers.count).fill(1);

before(() => {
  load(smallMap);
  prepare(smallTexts);
});
beforeEach(() => {
  startState();
  mark(null);
});

test("every module loads without a page", async () => {
  const modules = readdirSync(PARTS).filter((name) => name.endsWith(".mjs"));
  assert.ok(modules.length > 10);
  for (const name of modules) await import(new URL(name, PARTS));
});

test("the data are those that were packed", () => {
  places.forEach(([x, y], paper) => {
    assert.ok(Math.abs(papers.x[paper] - x) < 1e-4 && Math.abs(papers.y[paper] - y) < 1e-4);
  });
  assert.deepEqual(rowsOf(1), [0, 6]);
  assert.deepEqual([nearestOf(0), nearestOf(4)], [[1, 2], [5]]);
  assert.deepEqual([0, 1, 2].map(linkOf), ["https://doi.org/10.1/a", "", ""]);
  assert.deepEqual([...layers[0].ofFinest], [0, 0, 1]); // the broad theme of each theme
  assert.equal(meta.finest, layers[1]);
});

test("the years are those of the papers that have one", () => {
  assert.deepEqual(years, { first: 2018, last: 2021, undated: 1 });
});

test("a broad theme is mixed when one of its themes is off", () => {
  toggle(0);
  assert.deepEqual([...state.shown], [0, 0, 1, 1, 1, 1]);
  state.layer = 0;
  assert.deepEqual([isOn(0), isOn(1)], ["mixed", "true"]);
  toggle(0); // what is mixed is switched on as a whole
  assert.deepEqual([...state.shown], [1, 1, 1, 1, 1, 1]);
});

test("only one theme, or none, can be shown", () => {
  showOnly(-1);
  assert.deepEqual([...state.shown], [0, 0, 0, 0, 0, 1]);
  showAll(false);
  assert.equal(countOf(state.shown), 0);
});

test("the years leave papers out, and the selection keeps only what is shown", () => {
  select(all());
  state.from = 2020;
  state.withUndated = false;
  filter();
  assert.deepEqual([...state.selected], [0, 0, 1, 1, 1, 0]);
  state.from = 2022;
  filter();
  assert.equal(state.selected, null); // nothing is left of it
});

test("the classes of a column are left out of what years and themes leave in", () => {
  toggleClass(0, 0);
  assert.deepEqual([...state.shown], [0, 0, 1, 0, 1, 1]);
  assert.deepEqual(classesOff(), [[0, [0]]]);
  assert.ok(narrowed());
  toggle(1);
  assert.deepEqual([...state.shown], [0, 0, 0, 0, 1, 1]);
  toggleClass(0, 0);
  assert.deepEqual([...state.shown], [1, 1, 0, 0, 1, 1]);
  assert.ok(!narrowed());
});

test("listeners hear of events by name, with the detail", () => {
  const heard = [];
  on("filter emphasis", (detail) => heard.push(detail));
  filter();
  select(null);
  assert.equal(heard.length, 2);
});

test("what is listed is selected, else found, else shown", () => {
  assert.equal(countOf(listed()), 6);
  mark(scores("grasp"));
  assert.deepEqual([...listed()], [1, 1, 0, 0, 0, 1]);
  select(Uint8Array.of(0, 0, 0, 0, 1, 0));
  assert.deepEqual([...listed()], [0, 0, 0, 0, 1, 0]);
});

test("search finds every word anywhere, and ranks titles above abstracts", () => {
  const found = scores("GRASP cups");
  assert.ok(found[0] > found[1] && found[1] > 0);
  assert.deepEqual([2, 3, 4, 5].map((i) => found[i]), [0, 0, 0, 0]);
  assert.ok(scores("ada owl")[0] > 0);
  assert.ok(scores("legged run")[3] > 0, "without the accent");
  assert.ok(scores("gait").slice(2, 4).every((score) => score > 0), "by a keyword");
  assert.ok(scores("protein folding")[4] > 0, "by the name of its theme");
  assert.equal(scores("  "), null);
});

test("a theme's keywords help to find its papers, but alone don't make them found", () => {
  assert.deepEqual([...scores("touch")].map((score) => score > 0), [false, true, false, false, false, false]);
  assert.ok(scores("touch cups")[0] > 0, "one word of its own");
});

test("growth joins years of few papers, and the last ones", () => {
  const { year } = papers;
  papers.year = Uint16Array.from([1923, 2000, 2000, 2001, 2001, 2002]);
  const few = sharesOverTime(layers[0]);
  assert.deepEqual(few, [[1, 1, 0.5, 0], [0, 0, 0.5, 1]]);
  assert.deepEqual(sharesOverTime(layers[0], 2), [[1, 1 / 3], [0, 2 / 3]]);
  papers.year = year;
});

test("lines that cross meet", () => {
  assert.ok(meet([[0, 0], [2, 2]], [[0, 2], [2, 0]]));
  assert.ok(!meet([[0, 0], [2, 2]], [[3, 0], [3, 9]]));
  assert.ok(!meet([[0, 0], [2, 0]], [[0, 1], [2, 1]]));
});

test("themes are found by name and keywords, on the current layer", () => {
  assert.deepEqual(themesFound("walk robots"), [1]);
  state.layer = 0;
  assert.deepEqual(themesFound("walk robots"), [0]);
  assert.deepEqual(themesFound(""), []);
});

test("what stands out in a selection is what the others lack", () => {
  assert.deepEqual(standingOut([2, 3], smallTexts), ["gait"]);
});

test("the nearest paper is the one that a look at all papers finds", () => {
  for (let k = 0; k < 200; k += 1) {
    const [px, py, reach] = [((k * 37) % 101) / 100, ((k * 61) % 103) / 102, 0.05 + (k % 7) / 10];
    const away = places.map(([x, y]) => Math.hypot(x - px, y - py));
    const least = Math.min(...away);
    const found = nearest(px, py, reach, all());
    if (Math.abs(least - reach) < 1e-3) continue;
    if (least > reach) assert.equal(found, -1);
    else assert.ok(away[found] - least < 1e-4);
  }
  assert.equal(nearest(0.1, 0.1, 0.01, Uint8Array.of(0, 1, 1, 1, 1, 1)), -1, "hidden papers don't count");
});

test("a lasso catches what is inside it, also where it is hollow", () => {
  const left = [[0, 0], [0.5, 0], [0.5, 0.5], [0, 0.5]];
  assert.deepEqual([...inside(left, all())], [1, 1, 1, 1, 0, 0]);
  const hollow = [[0, 0], [0.5, 0], [0.5, 0.5], [0, 0.5], [0, 0.2], [0.3, 0.2], [0.3, 0.05], [0, 0.05]];
  assert.deepEqual([...inside(hollow, all())], [0, 0, 1, 1, 0, 0]);
  assert.equal(inside([[0.4, 0.4], [0.5, 0.4], [0.5, 0.5]], all()), null);
  const { left: from, bottom } = boxOf(Uint8Array.of(0, 1, 0, 1, 0, 0));
  assert.ok(Math.abs(from - 0.2) < 1e-4 && Math.abs(bottom - 0.3) < 1e-4);
});

test("with more room there are finer layers, then titles", () => {
  const width = 900;
  const at = (zoom) => layerAt({ side: 200 * zoom, zoom, width });
  let before = at(1);
  for (let zoom = 1; zoom < 60; zoom *= 1.02) {
    assert.ok(at(zoom) >= before);
    before = at(zoom);
  }
  assert.equal(layerAt({ side: 190, zoom: 1, width }), 0, "no room for three names");
  assert.equal(layerAt({ side: 190, zoom: 1, width: 390 }), 1, "but on a phone, where they are smaller");
  assert.equal(before, layers.length - 1);
  const steps = Array.from({ length: 200 }, (_, i) => hasTitles(200 + 10 * i));
  assert.deepEqual([...new Set(steps)], [false, true], "titles are there in full, or not at all");
  assert.equal(steps.lastIndexOf(false) + 1, steps.indexOf(true));
});

test("a name stands where no line runs through it, and its own runs through no other", () => {
  const box = { left: 100, right: 200, top: 100, bottom: 120 };
  assert.ok(crosses([[50, 110], [250, 111]], box) && crosses([[150, 0], [150, 300]], box));
  assert.ok(!crosses([[50, 90], [250, 95]], box) && !crosses([[50, 110], [90, 110]], box));
  assert.ok(!crosses([[90, 0], [90, 300]], box), "upright, beside it");
  const stage = { taken: [], discs: [], width: 600, height: 400, leads: [[[0, 200], [600, 200]]] };
  const spot = place({ x: 300, y: 200, width: 80, height: 20 }, () => true, stage);
  assert.ok(spot.bottom <= 200 || spot.top >= 200);
  const fence = { left: 0, right: 600, top: 190, bottom: 195 };
  const under = place({ x: 300, y: 200, width: 80, height: 20 }, () => true, { ...stage, leads: [], taken: [fence] });
  assert.ok(under.top >= 195, "above, its line would run through the other name");
});

test("a wide name near the edge moves by what is needed", () => {
  const stage = { taken: [], discs: [], width: 390, height: 447 };
  const spot = place({ x: 301, y: 445, width: 185, height: 36 }, () => true, stage);
  assert.deepEqual([spot.left, spot.right, spot.top, spot.bottom], [205, 390, 411, 447]);
  assert.equal(place({ x: 301, y: 445, width: 400, height: 36 }, () => true, stage), null);
  const paper = { paper: 0, left: 290, right: 300, top: 215, bottom: 225 };
  const beside = place({ x: 295, y: 220, width: 60, height: 20 }, () => false, { ...stage, discs: [paper] });
  assert.ok(beside.top >= 225 || beside.bottom <= 215, "it does not cover the paper");
});

test("themes are linked by their papers' nearest papers", () => {
  const found = themeLinks(1).map(({ ends, links, strength }) => [...ends, links, strength]);
  assert.deepEqual(found, [[0, 1, 5, 2.5], [1, 2, 2, 1]]); // without those of hardly any papers
});

test("where papers have fewer neighbours, fewer links are enough for themes to be linked", async () => {
  const large = smallMap.layers.map((layer) => ({ ...layer, themes: layer.themes.map((theme) => ({ ...theme, size: 40 })) }));
  for (const [neighbors, linked] of [[2, 2], [15, 0]]) {
    load({ ...smallMap, neighbors, layers: large });
    const anew = await import(`../../../src/absclust/web/parts/links.mjs?${neighbors}`);
    assert.equal(anew.themeLinks(1).length, linked);
  }
  load(smallMap);
});

test("a table holds rows, layers and no formula", () => {
  const lines = toCsv(all(), smallTexts).slice(1).split("\r\n");
  assert.equal(lines[0], '"rows","title","broad_theme","theme","strength","year","authors","link","keywords","abstract"');
  assert.equal(lines[1], '"4","Robots grasp cups","robots","robot grasping","1","2018","Ada Owl","https://doi.org/10.1/a","grasping","We grasp."');
  assert.ok(lines[2].startsWith('"0 6","Tactile robots"') && lines[2].endsWith('"","","","We touch to grasp cups."'), "no unsafe link");
  assert.ok(lines[6].includes(`"'=Folding","proteins","No theme"`));
});

test("numbers are written as a reader expects", () => {
  assert.deepEqual([count(1, "paper"), count(12345, "paper")], ["1 paper", "12,345 papers"]);
});
