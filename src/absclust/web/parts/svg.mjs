/** A drawing context that writes SVG: it has what the page uses of a canvas's context. */

const quoted = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** Return a context; `measure` is a canvas's context, which knows how wide texts are. */
export function svgContext(measure) {
  const parts = [];
  let path = "";
  let dash = [];
  const paint = (fill, stroke) => {
    if (!path) return;
    parts.push(`<path d="${path}" fill="${fill}" stroke="${stroke}" stroke-width="${context.lineWidth}" `
      + `stroke-dasharray="${dash.join(" ")}" opacity="${context.globalAlpha}"/>`);
  };
  const text = (row, x, y, look) =>
    parts.push(`<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" style="font:${quoted(context.font)}" text-anchor="middle" `
      + `dominant-baseline="central" opacity="${context.globalAlpha}" ${look}>${quoted(row)}</text>`);
  const to = (command) => (x, y) => {
    path += `${path ? command : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  const context = {
    canvas: { dataset: {} }, globalAlpha: 1, lineWidth: 1, fillStyle: "", strokeStyle: "", font: "",
    setTransform() {},
    clearRect() {},
    beginPath() {
      path = "";
    },
    moveTo: to("M"),
    lineTo: to("L"),
    closePath() {
      path += "Z";
    },
    arc(x, y, r) {
      path += `M${(x - r).toFixed(1)} ${y.toFixed(1)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
    },
    stroke: () => paint("none", context.strokeStyle),
    fill: () => paint(context.fillStyle, "none"),
    setLineDash(lengths) {
      dash = lengths;
    },
    strokeText: (row, x, y) => text(row, x, y, `fill="none" stroke="${context.strokeStyle}" stroke-width="${context.lineWidth}" stroke-linejoin="round"`),
    fillText: (row, x, y) => text(row, x, y, `fill="${context.fillStyle}"`),
    measureText(row) {
      measure.font = context.font;
      return measure.measureText(row);
    },
  };
  /** Return all that was drawn, on a background, as the text of a file. */
  const written = ({ width, height, background }) =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`
    + `<rect width="100%" height="100%" fill="${background}"/>${parts.join("\n")}</svg>\n`;
  return { context, written };
}
