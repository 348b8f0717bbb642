// @ts-check
// Hair and cloth that swing by themselves, as avatar/springs.py has it: the same ticks, the same numbers (a test compares them).
// Plain arrays: a placement is 12 numbers, three rows of a rotation and a shift, against the joint's rest.

export const TICK_S = 1 / 60, GAP_S = 0.25, JUMP_M = 0.25, SETTLE_TICKS = 40, PUSHES = 2;
const TINY = 1e-9;
/** @typedef {number[]} Vec @typedef {number[]} Placed */

/** @param {Placed} m @param {Vec} p @returns {Vec} */
export const applied = (m, p) => [0, 4, 8].map((r) => m[r] * p[0] + m[r + 1] * p[1] + m[r + 2] * p[2] + m[r + 3]);
/** @param {Placed} m @param {Vec} v @returns {Vec} */
const turned = (m, v) => [0, 4, 8].map((r) => m[r] * v[0] + m[r + 1] * v[1] + m[r + 2] * v[2]);
/** @param {Vec} a @param {Vec} b */
const minus = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
/** @param {Vec} a @param {Vec} b */
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
/** @param {Vec} a @param {Vec} b @param {number} f */
const along = (a, b, f) => [a[0] + b[0] * f, a[1] + b[1] * f, a[2] + b[2] * f];
/** @param {Vec} tail @param {Vec} head @param {number} length */
const atLength = (tail, head, length) => {
  const way = minus(tail, head);
  return along(head, way, length / Math.max(Math.sqrt(dot(way, way)), TINY));
};

export class Springs {
  /** @param {any} spec of avatar/springs.py, `for_page` */
  constructor(spec) {
    this.bones = spec.bones.map((/** @type {any} */ b) => {
      const way = minus(b.tail, b.rest), length = Math.max(Math.sqrt(dot(way, way)), TINY);
      return { ...b, length, axis: way.map((v) => v / length) };
    });
    this.colliders = spec.colliders;
    this.rest = new Map(Object.entries(spec.driven)); // joints whose placement must be given
    /** @type {Vec[]} */ this.now = [];
    /** @type {Vec[]} */ this.was = [];
    /** @type {Map<string, Placed> | null} */ this.before = null;
    /** @type {Map<string, Placed> | null} */ this.carried = null;
    this.beforeS = -1;
    this.tick = 0;
  }

  /** Where the bones are at a moment. @param {Map<string, Placed>} driven @param {number} atS @returns {Map<string, Placed>} theirs and the driven */
  move(driven, atS) {
    if (this.forgotten(driven, atS)) this.hang(driven, atS);
    const before = /** @type {Map<string, Placed>} */ (this.before), last = Math.floor(atS / TICK_S);
    for (let tick = this.tick + 1; tick <= last; tick++) {
      const share = Math.min(Math.max((tick * TICK_S - this.beforeS) / Math.max(atS - this.beforeS, TINY), 0), 1);
      const between = new Map();
      for (const [name, to] of driven) {
        const from = /** @type {Placed} */ (before.get(name));
        between.set(name, to.map((v, i) => from[i] + (v - from[i]) * share));
      }
      this.step(between);
    }
    this.tick = last;
    this.before = driven;
    this.beforeS = atS;
    const share = atS / TICK_S - last;
    return this.turn(driven, this.now.map((p, i) => along(this.was[i], minus(p, this.was[i]), share)));
  }

  /** @param {Map<string, Placed>} driven @param {number} atS */
  forgotten(driven, atS) {
    if (!this.before || atS < this.beforeS || atS - this.beforeS > GAP_S) return true;
    for (const [name, rest] of this.rest) {
      const from = this.before.get(name), to = driven.get(name);
      if (!from || !to) return true;
      if (minus(applied(to, rest), applied(from, rest)).some((v) => Math.abs(v) > JUMP_M)) return true;
    }
    return false;
  }

  /** @param {Map<string, Placed>} driven @param {number} atS */
  hang(driven, atS) {
    const placed = this.turn(driven, null);
    this.now = this.bones.map((/** @type {any} */ b) => applied(/** @type {Placed} */ (placed.get(b.name)), b.tail));
    this.was = this.now.slice();
    this.carried = null;
    this.before = driven;
    this.beforeS = atS;
    this.tick = Math.floor(atS / TICK_S);
    for (let i = 0; i < SETTLE_TICKS; i++) this.step(driven);
    this.was = this.now.slice();
  }

  /** @param {Map<string, Placed>} driven */
  step(driven) {
    this.carry(driven);
    const placed = new Map(driven), free = this.now.map((p, i) => {
      const b = this.bones[i];
      return along(along(p, minus(p, this.was[i]), 1 - b.drag), b.gravity, TICK_S);
    });
    const ends = this.colliders.map((/** @type {any} */ c) => c.ends.map((/** @type {Vec} */ p) => applied(/** @type {Placed} */ (placed.get(c.joint)), p)));
    this.was = this.now;
    this.now = this.bones.map((/** @type {any} */ b, /** @type {number} */ i) => {
      const on = /** @type {Placed} */ (placed.get(b.parent)), head = applied(on, b.rest), ahead = turned(on, b.axis);
      let tail = atLength(along(free[i], ahead, b.stiffness * TICK_S), head, b.length);
      for (let k = 0; k < PUSHES; k++) {
        const pushed = this.pushed(tail, b, ends);
        if (!pushed) break;
        tail = atLength(pushed, head, b.length);
      }
      placed.set(b.name, placement(on, ahead, head, tail, b.rest));
      return tail;
    });
  }

  /** @param {Vec} tail @param {any} bone @param {Vec[][]} ends @returns {Vec | null} */
  pushed(tail, bone, ends) {
    let depth = 0, size = 1;
    /** @type {Vec | null} */ let off = null;
    for (const c of bone.hits) {
      const [start, end] = ends[c], way = minus(end, start), from = minus(tail, start);
      const part = Math.min(Math.max(dot(from, way) / Math.max(dot(way, way), TINY), 0), 1);
      const away = along(from, way, -part), far = Math.sqrt(dot(away, away)), deep = bone.radius + this.colliders[c].radius - far;
      if (deep > depth) [depth, size, off] = [deep, far, away];
    }
    return off && along(tail, off, depth / Math.max(size, TINY));
  }

  /** @param {Map<string, Placed>} driven @param {Vec[] | null} tails @returns {Map<string, Placed>} */
  turn(driven, tails) {
    const placed = new Map(driven);
    this.bones.forEach((/** @type {any} */ b, /** @type {number} */ i) => {
      const on = /** @type {Placed} */ (placed.get(b.parent)), head = applied(on, b.rest), ahead = turned(on, b.axis);
      placed.set(b.name, placement(on, ahead, head, tails ? tails[i] : along(head, ahead, 1), b.rest));
    });
    return placed;
  }

  /** Tails whose inertia counts against a joint go along with it. @param {Map<string, Placed>} driven */
  carry(driven) {
    this.bones.forEach((/** @type {any} */ b, /** @type {number} */ i) => {
      const now = b.centre && driven.get(b.centre), then = this.carried ? this.carried.get(b.centre) : now;
      if (!now || !then) return;
      for (const tails of [this.now, this.was]) {
        const p = minus(tails[i], [then[3], then[7], then[11]]);
        tails[i] = applied(now, [0, 1, 2].map((c) => then[c] * p[0] + then[4 + c] * p[1] + then[8 + c] * p[2]));
      }
    });
    this.carried = driven;
  }
}

/** @param {Placed} on @param {Vec} ahead @param {Vec} head @param {Vec} tail @param {Vec} rest @returns {Placed} */
function placement(on, ahead, head, tail, rest) {
  const b = atLength(minus(tail, head), [0, 0, 0], 1), both = along(ahead, b, 1), share = 1 / Math.max(1 + dot(ahead, b), 1e-6);
  const out = new Array(12).fill(0);
  for (let r = 0; r < 3; r++) {
    const row = [0, 1, 2].map((c) => (r === c ? 1 : 0) + 2 * b[r] * ahead[c] - both[r] * both[c] * share);
    for (let c = 0; c < 3; c++) out[r * 4 + c] = row[0] * on[c] + row[1] * on[4 + c] + row[2] * on[8 + c];
    out[r * 4 + 3] = head[r] - (out[r * 4] * rest[0] + out[r * 4 + 1] * rest[1] + out[r * 4 + 2] * rest[2]);
  }
  return out;
}
