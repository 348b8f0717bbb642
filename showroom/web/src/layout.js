// @ts-check
// The plan of the showroom on the operator's board: choose a product, then its plinth; drag a plinth, or say where it is to
// stand. Works with mouse, finger and keyboard.
const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const NS = "http://www.w3.org/2000/svg";
const DRAG_PX = 6; // less is a press
const NUDGE_M = 0.05, TURN_DEG = 15; // of one press of an arrow key, of R
/** @typedef {{x_m: number, z_m: number, heading_deg: number}} Place */

export class Layout {
  /** @param {(path: string, init?: RequestInit) => Promise<{ok: boolean, value: any}>} call @param {(key: string) => string} t @param {(value: any) => string} error in the page's language */
  constructor(call, t, error) {
    this.call = call;
    this.t = t;
    this.error = error;
    this.held = ""; // id of the plinth that the fields speak of
    /** @type {{id: string, pointer: number, from: [number, number], place: Place, moved: boolean} | null} */ this.drag = null;
    this.key = "";
    this.chosen = ""; // sku
    this.dragged = false;
    this.filled = "";
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
    if (this.drag) return; // what is in hand stays there; it is drawn when it is put down
    const focused = document.activeElement?.getAttribute("data-plinth");
    const xs = plan.outline_m.map((/** @type {number[]} */ c) => c[0]), zs = plan.outline_m.map((/** @type {number[]} */ c) => c[1]);
    const left = Math.min(...xs) - 0.4, back = Math.min(...zs) - 0.5, width = Math.max(...xs) - left + 0.4, depth = Math.max(...zs) - back + 0.4;
    const svg = $("plan");
    svg.setAttribute("viewBox", `${left} ${back} ${width} ${depth}`);
    const parts = [this.shape("polygon", { points: plan.outline_m.map((/** @type {number[]} */ c) => c.join(",")).join(" "), class: "floor" })];
    for (const [x, z, r] of plan.obstacles_m) parts.push(this.shape("circle", { cx: x, cy: z, r, class: "obstacle" }));
    parts.push(this.shape("path", { d: `M${plan.entrance_m[0] - 0.15},${plan.entrance_m[1] + 0.12} l.15,-.24 l.15,.24 z`, class: "entrance" }));
    for (const m of plan.marks) parts.push(this.shape("circle", { cx: m.x_m, cy: m.z_m, r: 0.2, class: "anchor" }));
    for (const p of plan.plinths) parts.push(this.plinth(p));
    svg.replaceChildren(...parts);
    if (focused) /** @type {any} */ (svg.querySelector(`[data-plinth="${CSS.escape(focused)}"]`))?.focus();
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
    this.fields();
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
    const fits = chosen?.fits.includes(p.id), radius = Math.max(0.24, p.radius_m), a = (p.heading_deg * Math.PI) / 180;
    const group = this.shape("g", { class: ["plinth", p.hero ? "hero" : "", p.movable ? "movable" : "", p.id === this.held ? "held" : "", product && product.sku === this.chosen ? "chosen" : "", chosen && fits ? "fits" : ""].join(" "),
                                    "data-plinth": p.id, ...(p.hero ? {} : { tabindex: 0, role: "button" }) });
    group.append(this.shape("circle", { cx: p.x_m, cy: p.z_m, r: radius }),
                 this.shape("line", { x1: p.x_m, y1: p.z_m, x2: p.x_m + Math.sin(a) * radius, y2: p.z_m + Math.cos(a) * radius }), this.words(p.x_m, p.z_m - radius - 0.08, p.id, "id"),
                 this.words(p.x_m, p.z_m + radius + 0.22, p.hero ? "" : product?.name ?? "–", "name"));
    const title = this.shape("title", {});
    title.textContent = `${p.id}: ${p.max_cm.join(" × ")} cm`;
    group.append(title);
    if (!p.hero) {
      group.onclick = () => { if (!this.dragged) this.press(p.id, product); };
      group.onkeydown = (/** @type {KeyboardEvent} */ e) => this.key_(e, p.id, product);
      if (p.movable) this.draggable(group, p);
    }
    return group;
  }

  /** Enter chooses, arrows move, R turns. @param {KeyboardEvent} e @param {string} id @param {any} product */
  key_(e, id, product) {
    const p = this.plan.plinths.find((/** @type {any} */ q) => q.id === id); // where it is by now
    const way = /** @type {Record<string, number[]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] })[e.key];
    if (e.key === "Enter" || e.key === " ") this.press(p.id, product);
    else if (way && p.movable) this.move(p.id, { x_m: p.x_m + way[0] * NUDGE_M, z_m: p.z_m + way[1] * NUDGE_M, heading_deg: p.heading_deg });
    else if (e.key.toLowerCase() === "r" && p.movable) this.move(p.id, { x_m: p.x_m, z_m: p.z_m, heading_deg: p.heading_deg + (e.shiftKey ? -TURN_DEG : TURN_DEG) });
    else return;
    e.preventDefault();
  }

  /** @param {SVGGElement} group @param {any} p */
  draggable(group, p) {
    group.onpointerdown = (e) => {
      this.dragged = false;
      this.drag = { id: p.id, pointer: e.pointerId, from: this.floor(e), place: { x_m: p.x_m, z_m: p.z_m, heading_deg: p.heading_deg }, moved: false };
      group.setPointerCapture(e.pointerId);
    };
    group.onpointermove = (e) => {
      const drag = this.drag;
      if (!drag || drag.pointer !== e.pointerId) return;
      const [x, z] = this.floor(e), dx = x - drag.from[0], dz = z - drag.from[1];
      const px = Math.hypot(dx, dz) * ($("plan").getScreenCTM()?.a ?? 1);
      if (!drag.moved && px < DRAG_PX) return;
      drag.moved = true;
      drag.place = { ...drag.place, x_m: p.x_m + dx, z_m: p.z_m + dz };
      group.setAttribute("transform", `translate(${dx} ${dz})`);
    };
    group.onpointerup = group.onpointercancel = (e) => {
      const drag = this.drag;
      this.drag = null;
      if (!drag?.moved) return;
      this.dragged = true; // the click that follows is none
      if (e.type === "pointerup") this.move(p.id, drag.place);
      else this.draw(this.plan);
    };
    group.onlostpointercapture = () => { this.drag = null; };
  }

  /** Where on the floor a pointer is, in metres. @param {PointerEvent} e @returns {[number, number]} */
  floor(e) {
    const point = new DOMPoint(e.clientX, e.clientY).matrixTransform($("plan").getScreenCTM().inverse());
    return [point.x, point.y];
  }

  /** A plinth elsewhere; null: where the showroom's file has it. @param {string} id @param {Place | null} place */
  move(id, place) {
    this.held = id;
    const rounded = place && { x_m: Math.round(place.x_m * 100) / 100, z_m: Math.round(place.z_m * 100) / 100, heading_deg: place.heading_deg };
    return this.post({ places: { [id]: rounded } });
  }

  /** Numbers of the plinth in hand, for who cannot drag or wants it exact. */
  fields() {
    const p = this.plan.plinths.find((/** @type {any} */ q) => q.id === this.held && q.movable), form = $("place");
    form.hidden = !p;
    if (!p) return;
    $("place-id").textContent = p.id;
    const now = JSON.stringify([p.id, p.x_m, p.z_m, p.heading_deg]);
    if (now !== this.filled) for (const [id, value] of [["place-x", p.x_m], ["place-z", p.z_m], ["place-turn", p.heading_deg]]) $(id).value = String(Math.round(value * 100) / 100);
    this.filled = now; // what is typed stays until the plinth has moved
    $("place-back").hidden = !p.moved;
    $("place-back").onclick = () => this.move(p.id, null);
    form.onsubmit = (/** @type {Event} */ e) => {
      e.preventDefault();
      this.move(p.id, { x_m: Number($("place-x").value), z_m: Number($("place-z").value), heading_deg: Number($("place-turn").value) });
    };
  }

  /** @param {string} plinth @param {any} product what stands there */
  press(plinth, product) {
    this.held = plinth;
    if (!this.chosen || product?.sku === this.chosen) return this.choose(product && product.sku !== this.chosen ? product.sku : "");
    const from = this.plan.products.find((/** @type {any} */ p) => p.sku === this.chosen)?.plinth ?? null;
    /** @type {Record<string, string | null>} */ const homes = { [this.chosen]: plinth };
    if (product) homes[product.sku] = product.fits.includes(from) ? from : null;
    return this.send(homes);
  }

  /** @param {Record<string, string | null>} homes */
  send(homes) {
    this.chosen = "";
    return this.post({ homes });
  }

  /** @param {any} change */
  async post(change) {
    const { ok, value } = await this.call("/api/layout", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(change) });
    $("layout-error").textContent = ok ? "" : this.error(value);
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
