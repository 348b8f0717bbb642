// @ts-check
// The plan of the showroom on the operator's board: choose a product, then its plinth. Works with mouse, finger and keyboard.
const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const NS = "http://www.w3.org/2000/svg";

export class Layout {
  /** @param {(path: string, init?: RequestInit) => Promise<{ok: boolean, value: any}>} call @param {(key: string) => string} t */
  constructor(call, t) {
    this.call = call;
    this.t = t;
    this.key = "";
    this.chosen = ""; // sku
    /** @type {any} */ this.plan = null;
  }

  /** Ask again whenever products or places have changed. @param {string} key */
  async follow(key) {
    if (key === this.key) return;
    this.key = key;
    const { ok, value } = await this.call("/api/layout");
    if (ok) this.draw(value);
  }

  /** @param {any} plan */
  draw(plan) {
    this.plan = plan;
    const xs = plan.outline_m.map((/** @type {number[]} */ c) => c[0]), zs = plan.outline_m.map((/** @type {number[]} */ c) => c[1]);
    const left = Math.min(...xs) - 0.4, back = Math.min(...zs) - 0.5, width = Math.max(...xs) - left + 0.4, depth = Math.max(...zs) - back + 0.4;
    const svg = $("plan");
    svg.setAttribute("viewBox", `${left} ${back} ${width} ${depth}`);
    const parts = [this.shape("polygon", { points: plan.outline_m.map((/** @type {number[]} */ c) => c.join(",")).join(" "), class: "floor" })];
    for (const m of plan.marks) parts.push(this.shape("circle", { cx: m.x_m, cy: m.z_m, r: 0.2, class: "anchor" }));
    for (const p of plan.plinths) parts.push(this.plinth(p));
    svg.replaceChildren(...parts);
    const loose = plan.products.filter((/** @type {any} */ p) => !p.plinth);
    $("homeless").replaceChildren(...loose.map((/** @type {any} */ p) => {
      const li = document.createElement("li"), button = document.createElement("button"), note = document.createElement("small");
      button.type = "button";
      button.textContent = p.name; // names come from files: text, never markup
      button.setAttribute("aria-pressed", String(this.chosen === p.sku));
      button.onclick = () => this.choose(p.sku);
      note.textContent = ` ${this.t("no_place")}`;
      li.append(button, note);
      return li;
    }), ...this.away());
  }

  /** A way off the plinth for the chosen product. */
  away() {
    const product = this.plan.products.find((/** @type {any} */ p) => p.sku === this.chosen && p.plinth);
    if (!product) return [];
    const li = document.createElement("li"), button = document.createElement("button");
    button.type = "button";
    button.id = "take-away";
    button.textContent = `${this.t("take_away")}: ${product.name}`;
    button.onclick = () => this.send({ [product.sku]: null });
    li.append(button);
    return [li];
  }

  /** @param {any} p */
  plinth(p) {
    const product = this.plan.products.find((/** @type {any} */ o) => o.plinth === p.id);
    const chosen = this.plan.products.find((/** @type {any} */ o) => o.sku === this.chosen);
    const fits = chosen?.fits.includes(p.id), radius = p.hero ? 0.36 : Math.max(0.24, Math.min(0.5, p.max_cm[0] / 160));
    const group = this.shape("g", { class: ["plinth", p.hero ? "hero" : "", product && product.sku === this.chosen ? "chosen" : "", chosen && fits ? "fits" : ""].join(" "),
                                    "data-plinth": p.id, ...(p.hero ? {} : { tabindex: 0, role: "button" }) });
    group.append(this.shape("circle", { cx: p.x_m, cy: p.z_m, r: radius }), this.words(p.x_m, p.z_m - radius - 0.08, p.id, "id"),
                 this.words(p.x_m, p.z_m + radius + 0.22, p.hero ? "" : product?.name ?? "–", "name"));
    const title = this.shape("title", {});
    title.textContent = `${p.id}: ${p.max_cm.join(" × ")} cm`;
    group.append(title);
    if (!p.hero) {
      group.onclick = () => this.press(p.id, product);
      group.onkeydown = (/** @type {KeyboardEvent} */ e) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); this.press(p.id, product); } };
    }
    return group;
  }

  /** @param {string} plinth @param {any} product what stands there */
  press(plinth, product) {
    if (!this.chosen || product?.sku === this.chosen) return this.choose(product && product.sku !== this.chosen ? product.sku : "");
    const from = this.plan.products.find((/** @type {any} */ p) => p.sku === this.chosen)?.plinth ?? null;
    /** @type {Record<string, string | null>} */ const homes = { [this.chosen]: plinth };
    if (product) homes[product.sku] = product.fits.includes(from) ? from : null;
    return this.send(homes);
  }

  /** @param {Record<string, string | null>} homes */
  async send(homes) {
    const { ok, value } = await this.call("/api/layout", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ homes }) });
    $("layout-error").textContent = ok ? "" : value.error;
    this.chosen = "";
    this.draw(ok ? value : this.plan);
  }

  /** @param {string} sku "" for none */
  choose(sku) {
    this.chosen = sku;
    this.draw(this.plan);
  }

  /** @param {string} tag @param {Record<string, any>} attributes @returns {any} */
  shape(tag, attributes) {
    const node = document.createElementNS(NS, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
    return node;
  }

  /** @param {number} x @param {number} y @param {string} text @param {string} kind */
  words(x, y, text, kind) {
    const node = this.shape("text", { x, y, class: kind });
    node.textContent = text;
    return node;
  }
}
