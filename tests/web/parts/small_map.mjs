/** A map of six papers, as absclust/web/page.py writes it: two broad themes, three themes. */

const packed = (values, kind) => Buffer.from(new kind(values).buffer).toString("base64");
const colors = (n) => ({ light: packed(new Array(3 * n).fill(9), Uint8Array), dark: packed(new Array(3 * n).fill(200), Uint8Array) });

const theme = (name, keywords) => ({ name, keywords, size: 2, stability: 1, authorKeywords: "", representative: [] });

function layer(name, column, labels, themes, linked) {
  return { name, column, unplaced: 0, linked: packed(linked, Int32Array), labels: packed(labels, Int32Array), themes,
    colors: colors(themes.length), inks: colors(themes.length) };
}

export const places = [[0.1, 0.1], [0.2, 0.1], [0.1, 0.3], [0.2, 0.3], [0.9, 0.9], [0.8, 0.9]];

export const smallMap = {
  sample: { even: 100, of: 6 },
  places: packed([0, 1].flatMap((axis) => places.map((place) => 65535 * place[axis])), Uint16Array),
  strength: packed([255, 204, 153, 255, 255, 51], Uint8Array),
  centrality: packed([32767, 30000, 20000, 30000, 30000, -32767], Int16Array),
  year: packed([2018, 2019, 2020, 2020, 2021, 0], Uint16Array),
  row: packed([4, 0, 1, 2, 3, 5], Int32Array),
  copies: { 1: [6] },
  titles: ["Robots grasp cups", "Tactile robots", "A robot walks", "Légged robots run", "Proteins fold", "=Folding"],
  links: ["https://doi.org/10.1/a", "javascript:alert(1)", "", "", "", ""],
  nearest: packed([1, 2, 0, 3, 3, 0, 2, 1, 5, -1, 4, 2], Int32Array),
  neighbors: 15,
  runnerUp: packed([1, 1, 0, 0, -1, 1], Int32Array),
  ids: null,
  made: ["6 papers"],
  columns: [{ name: "venue", names: ["ICRA", "other", "no venue"], ordered: false, colors: colors(3),
    groups: packed([0, 0, 1, 0, 1, 2], Uint8Array) }],
  layers: [
    layer("Broad", "broad_theme", [0, 0, 0, 0, 1, 1], [theme("robots", "grasp, walk"), theme("proteins", "fold")], []),
    layer("Themes", "theme", [0, 0, 1, 1, 2, -1],
      [theme("robot grasping", "grasp, touch"), theme("legged robots", "walk, run"), theme("protein folding", "fold")], [0, 1, 5, 1, 2, 2, 0, 2, 0]),
  ],
  main: 1,
  formulas: { start: "(^)([=+@-])|(;)([=+@-])", number: "[+-]?\\d+" },
};

/** The texts of its papers, as the page unpacks them. */
export const smallTexts = {
  authors: ["Ada Owl", "", "", "", "", ""],
  venues: null,
  values: ["ICRA", "ICRA", "Robotics_Letters_of_the_Northern_Society", "ICRA", "Folds", ""],
  abstracts: ["We grasp.", "We touch to grasp cups.", "It walks.", "It runs.", "They fold.", "No grasp."],
  keywords: [["grasping"], [], ["gait"], ["gait"], [], []],
  addresses: [[], [], [], [], [], []],
};
