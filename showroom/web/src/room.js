// @ts-check
// The showroom in three.js: the same glTF files, lights and turntable as the stage.
import * as THREE from "three";
import { MeshoptDecoder } from "three/addons/libs/meshopt_decoder.module.js";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { lightUniforms, propMaterial } from "./materials.js";
import { Plinths } from "./plinths.js";
import { RATE_HZ } from "./protocol.js";

const loader = new GLTFLoader().setMeshoptDecoder(MeshoptDecoder);
const ARC_M = 0.08; // how high a product rises on its way to a hand, as render/stage.py
const OPEN_S = 0.9; // a visitor's own taking apart

/** @typedef {{group: THREE.Object3D, info: any, url: string, failed: boolean, centre: THREE.Vector3, radius: number, looks: Map<string, [THREE.Mesh, THREE.Material][]>, look: string, usual: string, parts: Part[], apart: number, own: number}} Kept */
/** @typedef {{node: THREE.Object3D, home: THREE.Vector3, way: THREE.Vector3}} Part way: of its own displacement, in its parent's axes */

/** @param {string} url @param {(share: number) => void} [progress] @returns {Promise<any>} */
export function loadGlb(url, progress) {
  return new Promise((resolve, reject) => loader.load(url, resolve, (e) => progress?.(e.total ? e.loaded / e.total : 0), reject));
}

/** A soft dark disc, radius 1. */
function contactShadow() {
  const size = 64, data = new Uint8Array(size * size * 4);
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) {
    const r = Math.hypot(x - 31.5, y - 31.5) / 31.5;
    data[(y * size + x) * 4 + 3] = r < 1 ? 130 * (1 - r * r) ** 2 : 0;
  }
  const map = new THREE.DataTexture(data, size, size);
  map.needsUpdate = true;
  const disc = new THREE.Mesh(new THREE.PlaneGeometry(2, 2), new THREE.MeshBasicMaterial({ map, transparent: true, depthWrite: false }));
  disc.rotation.x = -Math.PI / 2;
  disc.renderOrder = 1;
  return disc;
}

/** Out of the scene and off the GPU: phones have little of it. @param {THREE.Object3D} root */
function dispose(root) {
  root.removeFromParent();
  root.traverse((/** @type {any} */ o) => {
    if (!o.isMesh) return;
    o.geometry.dispose();
    o.material.map?.dispose();
    for (const name of ["u_map", "u_orm", "u_glow"]) o.material.uniforms?.[name]?.value?.dispose();
    o.material.dispose();
  });
}

/** The variant that looks as the file does without one, or "". @param {any} gltf */
function usualLook(gltf) {
  const { meshes = [], extensions } = gltf.parser.json;
  const mapped = meshes.flatMap((/** @type {any} */ m) => m.primitives).filter((/** @type {any} */ p) => p.extensions?.KHR_materials_variants);
  return (extensions?.KHR_materials_variants?.variants ?? []).find((/** @type {any} */ _, /** @type {number} */ i) => mapped.every((/** @type {any} */ p) =>
    p.extensions.KHR_materials_variants.mappings.some((/** @type {any} */ m) => m.material === p.material && m.variants.includes(i))))?.name ?? "";
}

/** Nodes that draw something, in file order, and where each goes when the product is taken apart: `offsets`, in the world.
 *  A node moves with its parent, so only the difference is its own. @param {any} gltf @param {number[][]} offsets @returns {Part[]} */
function partsOf(gltf, offsets) {
  /** @type {Part[]} */ const parts = [];
  const { parser, scene } = gltf;
  let k = 0;
  scene.updateMatrixWorld(true);
  const walk = (/** @type {any} */ object, /** @type {THREE.Vector3} */ moved) => {
    const node = parser.json.nodes?.[parser.associations.get(object)?.nodes ?? -1];
    if (node?.mesh !== undefined && offsets[k]) {
      const target = new THREE.Vector3().fromArray(offsets[k++]);
      const turn = new THREE.Matrix3().setFromMatrix4(object.parent.matrixWorld).invert();
      parts.push({ node: object, home: object.position.clone(), way: target.clone().sub(moved).applyMatrix3(turn) });
      moved = target;
    }
    for (const child of object.children) walk(child, moved);
  };
  walk(scene, new THREE.Vector3());
  return parts;
}

export class Room {
  constructor() {
    this.scene = new THREE.Scene();
    this.scene.background = new THREE.Color(0x07070c);
    this.turntable = new THREE.Group();
    this.scene.add(this.turntable);
    this.heroShadow = contactShadow();
    this.scene.add(this.heroShadow);
    /** @type {Map<string, Kept>} */ this.products = new Map();
    /** @type {THREE.Object3D | null} */ this.plinth = null;
    this.plinths = new Plinths(this.scene, async (url) => this.dress((await loadGlb(url)).scene), contactShadow);
    this.hero = "";
    /** @type {any} */ this.info = null;
    /** @type {any} */ this.lights = null;
    this.round = 0; // of refining
    /** @type {Promise<void> | null} */ this.refining = null;
    /** @type {Map<string, string>} */ this.chosen = new Map(); // this visitor's colour of a product
    /** @type {Set<string>} */ this.opened = new Set(); // products that this visitor has taken apart
    this.turned = 0; // MediaTime of the last turn()
  }

  /** Lights, room, plinth; then products, the nearest to the hero plinth first. @param {any} info @param {(share: number, what: string) => void} progress */
  async load(info, progress) {
    const first = !this.info;
    this.info = info;
    this.version = info.version;
    if (first) {
      this.lights = lightUniforms(info);
      const room = await loadGlb(info.room_url, (s) => progress(s * 0.5, "room"));
      this.room = room.scene;
      this.scene.add(room.scene);
      const plinth = await loadGlb(info.plinth_url);
      this.plinth = this.dress(plinth.scene);
      this.scene.add(this.plinth);
      for (const mark of info.marks) {
        const shadow = contactShadow();
        shadow.scale.setScalar(0.42);
        shadow.position.set(mark.position_m[0], 0.008, mark.position_m[2]);
        this.scene.add(shadow);
      }
    }
    await this.plinths.place(info.plinths);
    await this.sync(progress);
  }

  /** Products that came, changed or went. @param {(share: number, what: string) => void} progress */
  async sync(progress) {
    const wanted = new Map(this.info.products.map((/** @type {any} */ p) => [p.sku, p]));
    for (const [sku, kept] of this.products) {
      if (wanted.has(sku)) continue;
      dispose(kept.group);
      this.plinths.shade(sku, null, null);
      this.products.delete(sku);
    }
    let done = 0;
    for (const [sku, info] of wanted) {
      const kept = this.products.get(sku);
      if (kept && kept.info.url === info.url) kept.info = info;
      else {
        try {
          this.exchange(sku, await this.fetchProduct(info, info.first_url ?? info.url));
        } catch (error) {
          console.warn(`product ${sku} could not be loaded`, error);
        }
      }
      progress(0.5 + (0.4 * ++done) / wanted.size, "products");
    }
    this.place(this.hero, true);
    this.refining = this.refine();
  }

  /** Whole models in place of the small first ones, the one on show before the others. */
  async refine() {
    const round = ++this.round; // a later sync begins its own
    for (;;) {
      const coarse = [...this.products.values()].filter((k) => k.url !== k.info.url && !k.failed);
      const next = coarse.find((k) => k.info.sku === this.hero) ?? coarse[0];
      if (!next || round !== this.round) return;
      try {
        const fresh = await this.fetchProduct(next.info, next.info.url);
        if (this.products.get(next.info.sku) !== next) dispose(fresh.group); // it has gone meanwhile
        else this.exchange(next.info.sku, fresh);
      } catch (error) {
        next.failed = true; // the small one stays
        console.warn(`product ${next.info.sku} stays coarse`, error);
      }
    }
  }

  /** Another model of a product, in its state and place. @param {string} sku @param {Kept} fresh */
  exchange(sku, fresh) {
    const kept = this.products.get(sku);
    this.products.set(sku, fresh);
    if (!kept) return;
    fresh.own = kept.own;
    dispose(kept.group);
    this.show(sku, kept.look);
    this.takeApart(sku, kept.apart);
    this.place(this.hero, true);
  }

  /** @param {any} info @param {string} url @returns {Promise<Kept>} */
  async fetchProduct(info, url) {
    const gltf = await loadGlb(url);
    const group = this.dress(gltf.scene);
    const box = new THREE.Box3().setFromObject(group);
    return { group, info, url, failed: false, centre: box.getCenter(new THREE.Vector3()), radius: box.getSize(new THREE.Vector3()).length() / 2,
             looks: await this.variants(gltf), look: "", usual: usualLook(gltf), parts: partsOf(gltf, info.explode_m ?? []), apart: 0, own: 0 };
  }

  /** Parts of a product move away from each other. @param {string} sku @param {number} amount 0..1 */
  takeApart(sku, amount) {
    const kept = this.products.get(sku);
    if (!kept || kept.apart === amount) return;
    kept.apart = amount;
    for (const { node, home, way } of kept.parts) node.position.copy(home).addScaledVector(way, amount);
  }

  /** The stage's materials in place of three's own. @param {THREE.Object3D} root */
  dress(root) {
    root.traverse((/** @type {any} */ o) => { if (o.isMesh) o.material = propMaterial(o, o.material, this.lights); });
    return root;
  }

  /** KHR_materials_variants by name; "" is the file's own look. @param {any} gltf */
  async variants(gltf) {
    /** @type {Kept["looks"]} */ const looks = new Map();
    const names = (gltf.userData.gltfExtensions?.KHR_materials_variants?.variants ?? []).map((/** @type {any} */ v) => v.name);
    /** @type {any[]} */ const meshes = [];
    gltf.scene.traverse((/** @type {any} */ o) => { if (o.userData.gltfExtensions?.KHR_materials_variants) meshes.push(o); });
    for (const name of names) looks.set(name, []);
    if (names.length) looks.set("", meshes.map((mesh) => [mesh, mesh.material]));
    for (const mesh of meshes) for (const { material, variants } of mesh.userData.gltfExtensions.KHR_materials_variants.mappings) {
      const dressed = propMaterial(mesh, await gltf.parser.getDependency("material", material), this.lights);
      for (const i of variants) looks.get(names[i])?.push([mesh, dressed]);
    }
    return looks;
  }

  /** @param {string} sku @param {string} look name of a variant, or "" */
  show(sku, look) {
    const kept = this.products.get(sku);
    if (!kept || kept.look === look || !kept.looks.has(look)) return;
    kept.look = look;
    for (const name of ["", look]) for (const [mesh, material] of kept.looks.get(name) ?? []) mesh.material = material;
  }

  /** Put `sku` on the hero plinth, the others on their own. @param {string} sku @param {boolean} [force] */
  place(sku, force = false) {
    if (!this.info || (sku === this.hero && !force)) return;
    this.hero = sku;
    const hero = this.info.plinths.find((/** @type {any} */ p) => p.hero);
    for (const [id, { group, info }] of this.products) {
      this.plinths.shade(id, null, info);
      if (id === sku) {
        this.turntable.add(group);
        group.position.set(0, 0, 0);
        group.rotation.set(0, 0, 0);
        continue;
      }
      const home = this.info.plinths.find((/** @type {any} */ p) => p.id === info.plinth);
      if (home) {
        this.scene.add(group);
        group.position.set(home.position_m[0], home.top_m, home.position_m[2]);
        group.rotation.set(0, (home.heading_deg * Math.PI) / 180, 0);
        this.plinths.shade(id, home, info);
      } else group.removeFromParent();
    }
    const shown = this.products.get(sku)?.info;
    const size = shown?.size_m ?? [0.3, 0.4, 0.3], top = shown?.hero_top_m ?? 0.85;
    const wide = Math.max(0.75, ((Math.hypot(size[0], size[2]) / 2) * 1.12) / this.info.plinth_radius_m);
    this.plinth?.scale.set(wide, top, wide);
    this.plinth?.position.set(hero.position_m[0], 0, hero.position_m[2]);
    this.turntable.position.set(hero.position_m[0], top, hero.position_m[2]);
    this.heroShadow.position.set(hero.position_m[0], top + 0.003, hero.position_m[2]);
    this.heroShadow.scale.setScalar(Math.max(0.02, Math.max(size[0], size[2]) * 0.62));
    this.heroShadow.visible = !!shown;
  }

  /** The turntable at MediaTime t. @param {any} cue @param {number} t @param {number} apart of the product on show, 0..1 */
  turn(cue, t, apart) {
    const step = Math.min(1, Math.abs(t - this.turned) / RATE_HZ / OPEN_S);
    this.turned = t;
    for (const [sku, kept] of this.products) {
      const wanted = this.opened.has(sku) ? 1 : 0;
      kept.own += THREE.MathUtils.clamp(wanted - kept.own, -step, step);
      this.takeApart(sku, Math.max(THREE.MathUtils.smoothstep(kept.own, 0, 1), sku === cue?.sku ? apart : 0));
    }
    if (!cue) return;
    this.place(cue.sku ?? "");
    if (cue.sku) this.show(cue.sku, this.chosen.get(cue.sku) ?? cue.variant ?? "");
    this.turntable.rotation.y = ((((cue.turn_deg_s * (t - cue.at)) / RATE_HZ) % 360) * Math.PI) / 180;
  }

  /** The product on show on its way to a palm, upright, its front where hers is; null: in its place. @param {{palm: THREE.Vector3, heading: number, part: number} | null} hold */
  hold(hold) {
    if (!this.info) return;
    const hero = this.info.plinths.find((/** @type {any} */ p) => p.hero), shown = this.products.get(this.hero)?.info;
    const home = new THREE.Vector3(hero.position_m[0], shown?.hero_top_m ?? 0.85, hero.position_m[2]);
    this.turntable.position.copy(home);
    this.heroShadow.visible = !!shown && !hold;
    if (!hold) return;
    this.turntable.position.lerp(hold.palm, hold.part);
    this.turntable.position.y += ARC_M * 4 * hold.part * (1 - hold.part);
    const turn = THREE.MathUtils.euclideanModulo(this.turntable.rotation.y - hold.heading + Math.PI, 2 * Math.PI) - Math.PI;
    this.turntable.rotation.y = hold.heading + turn * (1 - hold.part);
  }

  /** Where a product is: centre and radius in the world. @param {string} sku */
  where(sku) {
    const kept = this.products.get(sku);
    if (!kept) return null;
    kept.group.updateWorldMatrix(true, false);
    return { centre: kept.centre.clone().applyMatrix4(kept.group.matrixWorld), radius: kept.radius };
  }
}
