/** What stands in the panel instead of the lists: a paper or a theme; and the address that says so. */

import { addressOf, framed, meaningOf } from "./address.mjs";
import { zoomTo, zoomToPaper } from "./camera.mjs";
import { meta, papers } from "./data.mjs";
import { find } from "./dom.mjs";
import { showTab } from "./list.mjs";
import { partsOfPaper } from "./paper.mjs";
import { emit, membersOf, on, state } from "./state.mjs";
import { texts } from "./texts.mjs";
import { partsOfTheme, titleOf } from "./theme.mjs";

let opener = null; // what had the focus before the panel was opened

const nothing = () => ({ layer: meta.main, theme: -1, paper: -1 });

/** Fill the panel with the paper or the theme of the state, or return to the lists. */
function fill() {
  const { read, theme } = state;
  const empty = read < 0 && theme < 0;
  find("reader").hidden = empty;
  find("tabs").hidden = !empty;
  if (empty) {
    showTab();
    return;
  }
  for (const list of ["themes", "papers"]) find(list).hidden = true;
  find("reader-title").textContent = read < 0 ? titleOf(theme) : papers.titles[read];
  if (read < 0) find("reader-text").replaceChildren(...partsOfTheme(theme));
  else {
    find("reader-text").replaceChildren();
    texts().then((all) => state.read === read && find("reader-text").replaceChildren(...partsOfPaper(read, all)));
  }
}

function show({ layer, theme, paper }) {
  const before = state.read >= 0 || state.theme >= 0;
  if (!before) opener = document.activeElement;
  Object.assign(state, { read: paper, theme, themeLayer: layer, spotted: -1 });
  fill();
  find("reader").scrollTop = 0;
  if (paper >= 0 || theme >= 0) find("reader-title").focus({ preventScroll: true });
  else if (before) {
    if (opener?.isConnected) opener.focus();
    opener = null;
  }
  emit("read");
}

/** Show something so that the back button undoes it and the address repeats it. */
function go(change) {
  const next = { layer: state.themeLayer, theme: state.theme, paper: state.read, ...change };
  if (framed()) show(next);
  else location.hash = addressOf(next);
}

function follow() {
  const next = meaningOf(location.hash);
  if (next.paper !== state.read || next.theme !== state.theme || next.layer !== state.themeLayer) show(next);
}

/** Let the address say what is shown, without a new step for the back button. */
function remember() {
  const address = addressOf({ layer: state.themeLayer, theme: state.theme, paper: state.read });
  if (`#${address}` !== (location.hash || "#")) history.replaceState(null, "", address ? `#${address}` : location.pathname + location.search);
}

function back() {
  if (state.read >= 0) go({ paper: -1 });
  else go(nothing());
}

export function startPanel() {
  on("open", go);
  on("layer mode", () => find("reader").hidden || fill());
  find("reader-back").addEventListener("click", back);
  find("panel").addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !find("reader").hidden) back();
  });
  if (framed()) return;
  window.addEventListener("hashchange", () => {
    follow();
    remember(); // the address of an earlier step has the search and the filters of then
  });
  on("filter emphasis layer column read hold", remember);
  follow();
  if (state.read >= 0) zoomToPaper(state.read);
  else if (state.theme >= 0) zoomTo(membersOf(state.theme, state.themeLayer));
}
