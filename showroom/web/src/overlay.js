// @ts-check
// The words over the picture: caption, product card, slate. The video has its own; these are for the walked room.
const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

export class Overlay {
  /** @param {(lines: string[]) => string[]} read a product's card as this shopper reads it */
  constructor(read = (lines) => lines) {
    this.read = read;
    this.card = "";
    this.slate = false;
    this.sku = "";
  }

  /** @param {import("./show.js").Show} show @param {number} t MediaTime @param {string} slateWords */
  draw(show, t, slateWords) {
    const caption = show.caption(t), card = show.at("card", t), slate = !!show.at("slate", t)?.on, sku = show.at("product", t)?.sku ?? "";
    const node = $("caption"), words = caption?.text ?? "";
    const key = JSON.stringify([words, caption?.second]);
    if (node.dataset.key !== key) {
      node.dataset.key = key;
      node.replaceChildren(words);
      node.lang = caption?.language ?? "";
      if (caption?.second) {
        const second = document.createElement("small");
        second.textContent = caption.second; // an answer's words: text, never markup
        second.lang = caption.second_language;
        second.dir = "auto";
        node.append(second);
      }
    }
    node.style.display = words ? "" : "none";
    this.drawCard(card);
    if (slate !== this.slate) {
      this.slate = slate;
      $("state").textContent = slate ? slateWords : "";
    }
    if (sku !== this.sku) {
      this.sku = sku;
      for (const button of $("products").children) button.classList.toggle("on-show", button.dataset.sku === sku);
    }
  }

  /** @param {any} card kind "product": title, price, facts; "evidence": what, title, words, source; "compare": two titles and rows */
  drawCard(card) {
    const kind = card?.kind ?? "product", told = card?.lines ?? [];
    const lines = kind === "product" && told.length ? this.read(told) : told, key = JSON.stringify([kind, lines, card?.rows]);
    if (key === this.card) return;
    this.card = key;
    $("card").className = kind;
    $("card").replaceChildren(...(kind === "compare" ? [comparison(lines, card.rows)] : cardLines(lines, kind)));
    $("card").style.visibility = lines.length ? "" : "hidden";
  }
}

/** @param {string[]} lines @param {string} kind */
export function cardLines(lines, kind) {
  const tags = kind === "evidence" ? ["em", "b", "q", "small"] : ["b", "strong"];
  return lines.map((line, i) => {
    const n = document.createElement(tags[i] ?? "span");
    n.textContent = line; // words of files are text, never markup
    return n;
  });
}

/** @param {string[]} titles @param {string[][]} rows label, first, second, and where known their sources */
export function comparison(titles, rows) {
  const table = document.createElement("table");
  for (const [label, a, b, from_a, from_b] of [["", ...titles], ...rows]) {
    const line = table.insertRow();
    for (const [words, from] of [[label], [a, from_a], [b, from_b]]) {
      const cell = document.createElement(table.rows.length === 1 || words === label ? "th" : "td");
      cell.textContent = words ?? "";
      if (from) cell.title = from;
      line.append(cell);
    }
  }
  return table;
}
