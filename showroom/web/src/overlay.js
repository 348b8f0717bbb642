// @ts-check
// The words over the picture: caption, product card, slate. The video has its own; these are for the walked room.
const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

export class Overlay {
  constructor() {
    this.card = "";
    this.slate = false;
    this.sku = "";
  }

  /** @param {import("./show.js").Show} show @param {number} t MediaTime @param {string} slateWords */
  draw(show, t, slateWords) {
    const caption = show.caption(t), card = show.at("card", t), slate = !!show.at("slate", t)?.on, sku = show.at("product", t)?.sku ?? "";
    const node = $("caption"), words = caption?.text ?? "";
    if (node.textContent !== words) {
      node.textContent = words;
      node.lang = caption?.language ?? "";
    }
    node.style.display = words ? "" : "none";
    this.drawCard(card?.lines ?? []);
    if (slate !== this.slate) {
      this.slate = slate;
      $("state").textContent = slate ? slateWords : "";
    }
    if (sku !== this.sku) {
      this.sku = sku;
      for (const button of $("products").children) button.classList.toggle("on-show", button.dataset.sku === sku);
    }
  }

  /** @param {string[]} lines title, price, facts */
  drawCard(lines) {
    const key = lines.join("\n");
    if (key === this.card) return;
    this.card = key;
    $("card").replaceChildren(...lines.map((line, i) => {
      const n = document.createElement(i === 0 ? "b" : i === 1 ? "strong" : "span");
      n.textContent = line;
      return n;
    }));
    $("card").style.visibility = lines.length ? "" : "hidden";
  }
}
