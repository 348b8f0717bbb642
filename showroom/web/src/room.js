// @ts-check
// The showroom in three.js: the same glTF files, lights and turntable as the stage.
import * as THREE from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { RATE_HZ } from "./protocol.js";

const loader = new GLTFLoader();

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

export class Room {
  /** @param {{lite: boolean}} options lite: cheap materials for weak devices and tests */
  constructor(options) {
    this.lite = options.lite;
    this.scene = new THREE.Scene();
    this.scene.background = new THREE.Color(0x07070c);
    this.turntable = new THREE.Group();
    this.scene.add(this.turntable);
    this.heroShadow = contactShadow();
    this.scene.add(this.heroShadow);
    /** @type {Map<string, {group: THREE.Object3D, info: any, centre: THREE.Vector3, radius: number}>} */
    this.products = new Map();
    /** @type {THREE.Object3D | null} */ this.plinth = null;
    this.hero = "";
    /** @type {any} */ this.info = null;
    /** @type {Map<string, string>} */ this.loading = new Map();
  }

  /** Lights, room, plinth; then products, the nearest to the hero plinth first. @param {any} info @param {(share: number, what: string) => void} progress */
  async load(info, progress) {
    const first = !this.info;
    this.info = info;
    this.version = info.version;
    if (first) {
      this.light(info);
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
    await this.sync(progress);
  }

  /** @param {any} info */
  light(info) {
    const ambient = new THREE.HemisphereLight(0xffffff, 0x665544, 1);
    ambient.color.setRGB(info.ambient[0], info.ambient[1], info.ambient[2]);
    ambient.intensity = Math.PI * 1.2;
    this.scene.add(ambient);
    for (const { direction, colour } of info.lights) {
      const light = new THREE.DirectionalLight();
      light.color.setRGB(colour[0], colour[1], colour[2]);
      light.intensity = Math.PI;
      light.position.set(-direction[0] * 5, -direction[1] * 5, -direction[2] * 5);
      this.scene.add(light, light.target);
    }
  }

  /** Products that came, changed or went. @param {(share: number, what: string) => void} progress */
  async sync(progress) {
    const wanted = new Map(this.info.products.map((/** @type {any} */ p) => [p.sku, p]));
    for (const [sku, kept] of this.products) {
      if (!wanted.has(sku)) {
        kept.group.removeFromParent();
        this.products.delete(sku);
      }
    }
    let done = 0;
    for (const [sku, info] of wanted) {
      const kept = this.products.get(sku);
      if (kept && kept.info.size_m.join() === info.size_m.join() && kept.info.names.en === info.names.en) kept.info = info;
      else {
        try {
          const { scene } = await loadGlb(info.url);
          kept?.group.removeFromParent();
          const group = this.dress(scene);
          const box = new THREE.Box3().setFromObject(group);
          this.products.set(sku, { group, info, centre: box.getCenter(new THREE.Vector3()), radius: box.getSize(new THREE.Vector3()).length() / 2 });
        } catch (error) {
          console.warn(`product ${sku} could not be loaded`, error);
        }
      }
      progress(0.5 + (0.4 * ++done) / wanted.size, "products");
    }
    this.place(this.hero, true);
  }

  /** @param {THREE.Object3D} root */
  dress(root) {
    if (this.lite) root.traverse((/** @type {any} */ o) => {
      if (o.isMesh && !o.material.isMeshBasicMaterial) {
        const old = o.material;
        o.material = new THREE.MeshLambertMaterial({ color: old.color, map: old.map, vertexColors: old.vertexColors, side: old.side, transparent: old.transparent, opacity: old.opacity });
      }
    });
    return root;
  }

  /** Put `sku` on the hero plinth, the others on their own. @param {string} sku @param {boolean} [force] */
  place(sku, force = false) {
    if (!this.info || (sku === this.hero && !force)) return;
    this.hero = sku;
    const hero = this.info.plinths.find((/** @type {any} */ p) => p.hero);
    for (const [id, { group, info }] of this.products) {
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

  /** The turntable at MediaTime t. @param {any} cue @param {number} t */
  turn(cue, t) {
    if (!cue) return;
    this.place(cue.sku ?? "");
    this.turntable.rotation.y = ((((cue.turn_deg_s * (t - cue.at)) / RATE_HZ) % 360) * Math.PI) / 180;
  }

  /** Where a product is: centre and radius in the world. @param {string} sku */
  where(sku) {
    const kept = this.products.get(sku);
    if (!kept) return null;
    kept.group.updateWorldMatrix(true, false);
    return { centre: kept.centre.clone().applyMatrix4(kept.group.matrixWorld), radius: kept.radius };
  }
}
