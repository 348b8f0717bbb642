// @ts-check
// The plinths that are no part of the room: columns that stand where the merchandiser has put them.
import * as THREE from "three";

const SHADOW_WIDTH = 1.45; // of the soft shadow on the floor, radii of the foot; as render/plinths.py
const ABOVE_FLOOR_M = 0.009; // over a rug and under the anchor's shadow

/** How a part of a column, 1 m high, is drawn in a column of another height: scale in Y, then shift. As assets.scene.stretched.
 *  @param {number} low @param {number} high @param {number} top @returns {[number, number]} */
export function stretched(low, high, top) {
  if (low >= 0.5) return [1, top - 1];
  if (high <= 0.5) return [1, 0];
  const scale = Math.max(0.01, (high + top - 1 - low) / (high - low));
  return [scale, low * (1 - scale)];
}

export class Plinths {
  /** @param {THREE.Object3D} parent @param {(url: string) => Promise<THREE.Object3D>} column a model, dressed @param {() => THREE.Mesh} shadow a soft disc of radius 1 */
  constructor(parent, column, shadow) {
    this.parent = parent;
    this.column = column;
    this.shadow = shadow;
    /** @type {Map<string, Promise<THREE.Object3D>>} */ this.columns = new Map();
    /** @type {Map<string, THREE.Object3D>} */ this.standing = new Map();
    /** @type {Map<string, THREE.Mesh>} */ this.under = new Map(); // by sku
  }

  /** All of the showroom's, where they are now. @param {any[]} plinths */
  async place(plinths) {
    for (const p of plinths) {
      if (!p.url) continue;
      let node = this.standing.get(p.id);
      if (!node) {
        if (!this.columns.has(p.url)) this.columns.set(p.url, this.column(p.url));
        node = this.built(/** @type {THREE.Object3D} */ (await this.columns.get(p.url)).clone(), p);
        this.standing.set(p.id, node);
        this.parent.add(node);
      }
      node.position.set(p.position_m[0], 0, p.position_m[2]);
      node.rotation.y = (p.heading_deg * Math.PI) / 180;
    }
  }

  /** The soft shadow under a product that stands at home; home null: it does not. @param {string} sku @param {any} home @param {any} info */
  shade(sku, home, info) {
    let under = this.under.get(sku);
    if (!home) { if (under) under.visible = false; return; }
    if (!under) {
      this.under.set(sku, (under = this.shadow()));
      this.parent.add(under);
    }
    under.visible = true;
    under.position.set(home.position_m[0], home.top_m + 0.003, home.position_m[2]);
    under.scale.setScalar(Math.max(0.02, Math.max(info.size_m[0], info.size_m[2]) * 0.62));
  }

  /** As wide and as high as it is wanted. @param {THREE.Object3D} column @param {any} p */
  built(column, p) {
    const root = new THREE.Group(), whole = new THREE.Box3().setFromObject(column), size = whole.getSize(new THREE.Vector3());
    const wide = p.radius_m / (Math.max(size.x, size.z) / 2);
    column.traverse((part) => {
      if (!(/** @type {any} */ (part).isMesh)) return;
      const box = new THREE.Box3().setFromObject(part);
      const [scale, shift] = stretched(box.min.y, box.max.y, p.top_m);
      const mesh = /** @type {THREE.Mesh} */ (part).clone();
      part.updateWorldMatrix(true, false);
      mesh.matrix.copy(part.matrixWorld).premultiply(new THREE.Matrix4().makeScale(wide, scale, wide)).premultiply(new THREE.Matrix4().makeTranslation(0, shift, 0));
      mesh.matrix.decompose(mesh.position, mesh.quaternion, mesh.scale);
      root.add(mesh);
    });
    const shadow = this.shadow();
    shadow.scale.setScalar(p.radius_m * SHADOW_WIDTH);
    shadow.position.y = ABOVE_FLOOR_M;
    root.add(shadow);
    return root;
  }
}
