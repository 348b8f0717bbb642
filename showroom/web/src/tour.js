// @ts-check
// The visitor's camera: follows the show until touched, then walks; or turns around one product.
// Drag looks, tap on the floor goes there, tap on a product turns it over, W A S D and arrows walk, pinch and wheel zoom.
import * as THREE from "three";
import { step } from "./walk.js";

const TAP_MS = 300, TAP_PX = 8;
const WALK_M_S = 1.5, RUN_M_S = 3.0;
const MIDDLE = 0.74; // of the broadcast's width: anchor and product, not the empty sides
const HALF_BODY_M = 0.3; // of an anchor, with the elbows
const KEYS = { KeyW: [0, 1], ArrowUp: [0, 1], KeyS: [0, -1], ArrowDown: [0, -1], KeyA: [-1, 0], ArrowLeft: [-1, 0], KeyD: [1, 0], ArrowRight: [1, 0] };

export class Tour {
  /** @param {THREE.PerspectiveCamera} camera @param {HTMLElement} element @param {import("./room.js").Room} room
   *  @param {{onInspect: (sku: string) => void, onLeave: () => void, onWalk: () => void}} events */
  constructor(camera, element, room, events) {
    this.camera = camera;
    this.room = room;
    this.events = events;
    this.mode = "show"; // "show" | "walk" | "inspect"
    this.position = new THREE.Vector3(0, 1.55, 3);
    this.yaw = Math.PI; // looking along -Z
    this.pitch = -0.05;
    this.orbit = { sku: "", yaw: 0, pitch: 1.3, distance: 1, spin: true };
    /** @type {THREE.Vector3 | null} */ this.goal = null;
    this.goalYaw = NaN;
    this.keys = new Set();
    this.reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
    /** @type {Map<number, {x: number, y: number}>} */ this.pointers = new Map();
    this.down = { t: 0, x: 0, y: 0 };
    this.inset = [0, 0]; // share of the width at the left (below 0: at the right) and of the height at the bottom that the sheet covers
    this.listen(element);
  }

  /** @param {HTMLElement} element */
  listen(element) {
    element.addEventListener("pointerdown", (e) => {
      element.setPointerCapture(e.pointerId);
      this.pointers.set(e.pointerId, { x: e.clientX, y: e.clientY });
      this.down = { t: e.timeStamp, x: e.clientX, y: e.clientY };
    });
    element.addEventListener("pointermove", (e) => this.moved(e));
    const up = (/** @type {PointerEvent} */ e) => {
      const still = Math.hypot(e.clientX - this.down.x, e.clientY - this.down.y) < TAP_PX;
      if (this.pointers.size === 1 && still && e.timeStamp - this.down.t < TAP_MS && e.type === "pointerup") this.tap(e, element);
      this.pointers.delete(e.pointerId);
    };
    element.addEventListener("pointerup", up);
    element.addEventListener("pointercancel", up);
    element.addEventListener("wheel", (e) => { e.preventDefault(); this.zoom(Math.exp(e.deltaY * 0.001)); }, { passive: false });
    window.addEventListener("keyup", (e) => this.keys.delete(e.code));
    window.addEventListener("blur", () => this.keys.clear());
  }

  /** Sku of the product that is turned over, or "". */
  get inspected() {
    return this.mode === "inspect" ? this.orbit.sku : "";
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.code === "Escape" && this.mode === "inspect") return this.leave();
    if (this.mode === "inspect" && e.code.startsWith("Arrow")) {
      const turn = (22.5 * Math.PI) / 180;
      if (e.code === "ArrowLeft" || e.code === "ArrowRight") this.orbit.yaw += e.code === "ArrowLeft" ? -turn : turn;
      else this.tilt(e.code === "ArrowUp" ? -turn : turn);
      this.orbit.spin = false;
      return e.preventDefault();
    }
    if (e.code === "PageUp" || e.code === "Equal") this.zoom(0.9);
    if (e.code === "PageDown" || e.code === "Minus") this.zoom(1.1);
    if (!(e.code in KEYS) && e.code !== "ShiftLeft") return;
    if (this.mode === "inspect") return;
    this.keys.add(e.code);
    if (e.code in KEYS) { this.begin(); e.preventDefault(); }
  }

  /** @param {PointerEvent} e */
  moved(e) {
    const before = this.pointers.get(e.pointerId);
    if (!before) return;
    const dx = e.clientX - before.x, dy = e.clientY - before.y;
    if (this.pointers.size === 2) {
      const [a, b] = [...this.pointers.values()];
      const old = Math.hypot(a.x - b.x, a.y - b.y);
      this.pointers.set(e.pointerId, { x: e.clientX, y: e.clientY });
      const [c, d] = [...this.pointers.values()];
      return this.zoom(old / Math.max(1, Math.hypot(c.x - d.x, c.y - d.y)));
    }
    this.pointers.set(e.pointerId, { x: e.clientX, y: e.clientY });
    if (Math.hypot(e.clientX - this.down.x, e.clientY - this.down.y) < TAP_PX) return;
    if (this.mode === "inspect") {
      this.orbit.spin = false;
      this.orbit.yaw -= dx * 0.008;
      this.tilt(-dy * 0.006);
    } else {
      this.begin();
      this.yaw += dx * 0.004;
      this.pitch = THREE.MathUtils.clamp(this.pitch + dy * 0.003, -1.1, 0.9);
    }
  }

  /** @param {number} by */
  tilt(by) {
    this.orbit.pitch = THREE.MathUtils.clamp(this.orbit.pitch + by, Math.PI / 8, (Math.PI * 7) / 8);
  }

  /** @param {number} factor */
  zoom(factor) {
    if (this.mode === "inspect") this.orbit.distance = THREE.MathUtils.clamp(this.orbit.distance * factor, 0.6, 4);
    else this.camera.zoom = THREE.MathUtils.clamp(this.camera.zoom / factor, 1, 2.5);
  }

  /** Take over from the show's camera where it stands. */
  begin() {
    if (this.mode !== "show") return;
    this.mode = "walk";
    const direction = this.camera.getWorldDirection(new THREE.Vector3());
    this.yaw = Math.atan2(direction.x, direction.z);
    this.pitch = Math.asin(THREE.MathUtils.clamp(direction.y, -1, 1));
    const from = this.camera.position, info = this.room.info;
    const [x, z] = step(info, [info.entrance_m[0], info.entrance_m[2]], [from.x, from.z]);
    this.position.set(x, info.eye_height_m, z);
    this.events.onWalk();
  }

  /** @param {PointerEvent} e @param {HTMLElement} element */
  tap(e, element) {
    const box = element.getBoundingClientRect();
    const point = new THREE.Vector2(((e.clientX - box.left) / box.width) * 2 - 1, 1 - ((e.clientY - box.top) / box.height) * 2);
    const ray = new THREE.Raycaster();
    ray.setFromCamera(point, this.camera);
    let best = "", near = Infinity;
    for (const [sku, { group }] of this.room.products) {
      const hit = group.parent ? ray.intersectObject(group, true)[0] : undefined;
      if (hit && hit.distance < near) { near = hit.distance; best = sku; }
    }
    if (best && this.mode !== "inspect") return this.inspect(best);
    const floor = ray.ray.intersectPlane(new THREE.Plane(new THREE.Vector3(0, 1, 0), 0), new THREE.Vector3());
    if (this.mode === "inspect" || !floor || floor.distanceTo(ray.ray.origin) > 12) return;
    this.begin();
    this.go(floor.x, floor.z);
  }

  /** Glide to a place (or be there at once, for those who ask for less motion). @param {number} x @param {number} z @param {number} [yaw] */
  go(x, z, yaw = NaN) {
    this.begin();
    this.mode = "walk";
    this.goal = new THREE.Vector3(x, this.room.info.eye_height_m, z);
    this.goalYaw = yaw;
    if (this.reduced) {
      const [ax, az] = step(this.room.info, [this.position.x, this.position.z], [x, z]);
      this.position.set(ax, this.goal.y, az);
      if (!Number.isNaN(yaw)) this.yaw = yaw;
      this.goal = null;
    }
  }

  /** In front of the anchor, looking at her. */
  goToHost() {
    const mark = this.room.info.marks[0], a = (mark.heading_deg * Math.PI) / 180;
    const away = this.camera.aspect < 1 ? 1.6 : 2.2; // a portrait screen sees less of the width and much of the height
    this.go(mark.position_m[0] + Math.sin(a) * away, mark.position_m[2] + Math.cos(a) * away, a + Math.PI);
    this.pitch = -0.06;
  }

  /** Back to the broadcast's camera. */
  followShow() {
    this.mode = "show";
    this.goal = null;
    this.camera.zoom = 1;
  }

  /** @param {string} sku */
  inspect(sku) {
    if (!this.room.where(sku)) return;
    this.before = this.mode === "inspect" ? this.before : this.mode;
    this.keys.clear();
    this.camera.zoom = 1;
    this.mode = "inspect";
    this.orbit = { sku, yaw: 0.5, pitch: 1.3, distance: 1, spin: !this.reduced };
    this.events.onInspect(sku);
  }

  leave() {
    if (this.mode !== "inspect") return;
    this.camera.clearViewOffset();
    this.mode = this.before === "inspect" ? "walk" : this.before ?? "show";
    this.events.onLeave();
  }

  /** Move the camera. show: the broadcast camera now, or null. @param {number} dt seconds @param {any} show */
  update(dt, show) {
    if (this.mode === "inspect") return this.updateOrbit(dt);
    if (this.mode === "show") {
      const { position_m, target_m, fov_deg } = this.room.info.shots.wide;
      this.aim(show?.position ?? position_m, show?.target ?? target_m, show?.fov ?? fov_deg);
      return;
    }
    this.walk(dt);
    this.camera.fov = this.camera.aspect < 1 ? 68 : 55;
    this.camera.position.copy(this.position);
    const c = Math.cos(this.pitch);
    this.camera.lookAt(this.position.x + Math.sin(this.yaw) * c, this.position.y + Math.sin(this.pitch), this.position.z + Math.cos(this.yaw) * c);
    this.camera.updateProjectionMatrix();
  }

  /** @param {number} dt */
  walk(dt) {
    let right = 0, ahead = 0;
    for (const key of this.keys) { const [r, f] = KEYS[/** @type {keyof typeof KEYS} */ (key)] ?? [0, 0]; right += r; ahead += f; }
    const speed = (this.keys.has("ShiftLeft") ? RUN_M_S : WALK_M_S) * dt;
    const sin = Math.sin(this.yaw), cos = Math.cos(this.yaw);
    let to = /** @type {[number, number] | null} */ (null);
    if (right || ahead) {
      this.goal = null;
      const n = Math.hypot(right, ahead);
      to = [this.position.x + ((sin * ahead - cos * right) / n) * speed, this.position.z + ((cos * ahead + sin * right) / n) * speed];
    } else if (this.goal) {
      const dx = this.goal.x - this.position.x, dz = this.goal.z - this.position.z, d = Math.hypot(dx, dz);
      const part = Math.min(1, Math.max(speed * 1.6, d * dt * 2.5) / Math.max(d, 1e-6));
      to = [this.position.x + dx * part, this.position.z + dz * part];
      if (!Number.isNaN(this.goalYaw)) this.yaw += Math.atan2(Math.sin(this.goalYaw - this.yaw), Math.cos(this.goalYaw - this.yaw)) * Math.min(1, dt * 4);
      if (d < 0.03) this.goal = null;
    }
    if (!to) return;
    const [x, z] = step(this.room.info, [this.position.x, this.position.z], to);
    if (this.goal && Math.hypot(x - this.position.x, z - this.position.z) < 1e-4) this.goal = null; // a wall
    this.position.set(x, this.room.info.eye_height_m, z);
  }

  /** @param {number} dt */
  updateOrbit(dt) {
    const where = this.room.where(this.orbit.sku);
    if (!where) return this.leave();
    if (this.orbit.spin) this.orbit.yaw += dt * 0.35;
    const [aside, bottom] = this.inset, aspect = this.camera.aspect;
    const fov = 34, half = Math.tan((fov * Math.PI) / 360) * Math.min(1 - bottom, aspect * (1 - Math.abs(aside)));
    const d = (where.radius * 1.25 * this.orbit.distance) / half;
    const { yaw, pitch } = this.orbit, s = Math.sin(pitch);
    const at = [where.centre.x + Math.sin(yaw) * s * d, where.centre.y + Math.cos(pitch) * d, where.centre.z + Math.cos(yaw) * s * d];
    this.camera.fov = fov;
    this.camera.position.fromArray(at);
    this.camera.lookAt(where.centre);
    this.camera.setViewOffset(aspect, 1, (-aside / 2) * aspect, bottom / 2, aspect, 1);
  }

  /** A portrait screen sees as much of the width as the broadcast's 16:9 middle, and every anchor whom the broadcast shows.
   *  @param {number[]} position @param {number[]} target @param {number} fov */
  aim(position, target, fov) {
    const tall = Math.tan((fov * Math.PI) / 360), wide = (16 / 9) * tall;
    let needed = MIDDLE * wide;
    const dx = target[0] - position[0], dz = target[2] - position[2], flat = Math.hypot(dx, dz) || 1;
    for (const mark of this.room.info?.marks ?? []) {
      const x = mark.position_m[0] - position[0], z = mark.position_m[2] - position[2];
      const ahead = (x * dx + z * dz) / flat, aside = Math.abs(x * dz - z * dx) / flat;
      if (ahead > 0.3 && aside < wide * ahead) needed = Math.max(needed, Math.min(wide, (aside + HALF_BODY_M) / ahead));
    }
    this.camera.fov = (2 * Math.atan(tall * Math.max(1, needed / tall / this.camera.aspect)) * 180) / Math.PI;
    this.camera.position.fromArray(position);
    this.camera.lookAt(target[0], target[1], target[2]);
    this.camera.updateProjectionMatrix();
  }
}
