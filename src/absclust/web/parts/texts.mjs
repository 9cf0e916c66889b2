/** Abstracts, authors, venues, keywords and addresses: compressed in the page, read when needed. */

import { once } from "./data.mjs";

async function read() {
  const packed = atob(document.getElementById("texts").textContent);
  const bytes = Uint8Array.from(packed, (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

/** Return a promise of the texts: a list per field, or null where no paper has it. */
export const texts = once(read);
