// @ts-check
// Where a visitor may stand: inside the walk polygon, outside the obstacles. Pure, in metres on the floor (x, z).
const BODY = 0.25; // radius of a visitor

/** @param {number[][]} polygon @param {number} x @param {number} z */
export function inside(polygon, x, z) {
  let odd = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, zi] = polygon[i], [xj, zj] = polygon[j];
    if (zi > z !== zj > z && x < ((xj - xi) * (z - zi)) / (zj - zi) + xi) odd = !odd;
  }
  return odd;
}

/** The point nearest to (x, z) where a visitor may stand. @param {any} scene @param {number} x @param {number} z @returns {[number, number]} */
export function allowed(scene, x, z) {
  for (let round = 0; round < 3; round++) {
    for (const [ox, oz, r] of scene.obstacles_m) {
      const dx = x - ox, dz = z - oz, d = Math.hypot(dx, dz), min = r + BODY;
      if (d < min) {
        const k = d > 1e-6 ? min / d : 0;
        x = d > 1e-6 ? ox + dx * k : ox + min;
        z = d > 1e-6 ? oz + dz * k : oz;
      }
    }
    if (!inside(scene.walk_polygon_m, x, z)) [x, z] = nearestOn(scene.walk_polygon_m, x, z);
  }
  return [x, z];
}

/** True where a visitor may stand. @param {any} scene @param {number} x @param {number} z */
export function free(scene, x, z) {
  return inside(scene.walk_polygon_m, x, z) && scene.obstacles_m.every((/** @type {number[]} */ [ox, oz, r]) => Math.hypot(x - ox, z - oz) > r + BODY - 1e-3);
}

/** One step from a to b, stopped or slid along walls; never through one. @param {any} scene @param {[number, number]} from @param {[number, number]} to */
export function step(scene, from, to) {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const pieces = Math.max(1, Math.ceil(length / 0.05)); // no wall is thinner than that
  let [x, z] = from;
  for (let i = 0; i < pieces; i++) {
    const next = allowed(scene, x + (to[0] - from[0]) / pieces, z + (to[1] - from[1]) / pieces);
    // Pushed across something, or into a corner with no way out: stay.
    if (Math.hypot(next[0] - x, next[1] - z) > 0.2 || !free(scene, next[0], next[1])) break;
    [x, z] = next;
  }
  return /** @type {[number, number]} */ ([x, z]);
}

/** @param {number[][]} polygon @param {number} x @param {number} z @returns {[number, number]} */
function nearestOn(polygon, x, z) {
  let best = Infinity;
  /** @type {[number, number]} */ let at = [x, z];
  let cx = 0, cz = 0;
  for (const [px, pz] of polygon) { cx += px / polygon.length; cz += pz / polygon.length; }
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [ax, az] = polygon[j], [bx, bz] = polygon[i];
    const t = Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (z - az) * (bz - az)) / ((bx - ax) ** 2 + (bz - az) ** 2 || 1)));
    const qx = ax + (bx - ax) * t, qz = az + (bz - az) * t, d = Math.hypot(x - qx, z - qz);
    if (d < best) { best = d; at = [qx, qz]; }
  }
  const inward = Math.hypot(cx - at[0], cz - at[1]) || 1; // a hair inside, so that the next step starts inside
  return [at[0] + ((cx - at[0]) / inward) * 0.002, at[1] + ((cz - at[1]) / inward) * 0.002];
}
