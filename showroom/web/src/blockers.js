// @ts-check
// What of a body takes light from the rest of it: forearms and hands as a few capsules, as avatar/blockers.py has them.
import * as THREE from "three";

/** From joint to joint, without the side; how far beyond the second, as a share of the way; radius in metres. @type {[string, string, number, number][]} */
export const CAPSULES = [["LowerArm", "Hand", 0, 0.04], ["Hand", "IndexDistal", 0.1, 0.021], ["Hand", "RingDistal", 0.1, 0.023]];
const HAND_M = 0.15; // from the wrist on along the forearm, in a figure without fingers
const SHADED = /^hips$|Arm$|Hand$/; // joints of what hands come near to

/** Whether hands come near enough to this mesh to shade it: clothes and hands, not the face. @param {any} mesh @param {string} kind */
export function isShaded(mesh, kind) {
  if (!mesh.isSkinnedMesh || !["skin", "cloth", "plain"].includes(kind)) return false;
  const joints = mesh.geometry.attributes.skinIndex, weights = mesh.geometry.attributes.skinWeight;
  const near = mesh.skeleton.bones.map((/** @type {any} */ bone) => SHADED.test(bone.name));
  for (let i = 0; i < joints.count; i++) for (let k = 0; k < 4; k++) if (weights.getComponent(i, k) > 0.5 && near[joints.getComponent(i, k)]) return true;
  return false;
}

export class Blockers {
  constructor() {
    this.uniform = { value: Array.from({ length: 4 * CAPSULES.length }, () => new THREE.Vector4(0, -9, 0, 0)) };
    /** @type {[any, any, any, number, number][]} */ this.ends = [];
  }

  /** @param {Map<string, any>} byName joints of the loaded figure */
  find(byName) {
    for (const side of ["left", "right"]) for (const [first, last, beyond, radius] of CAPSULES) {
      const from = byName.get(side + first), to = byName.get(side + last) ?? byName.get(side + "Hand");
      if (from && to) this.ends.push([from, to, byName.get(side + "LowerArm"), beyond, radius]);
    }
  }

  /** Where they are now, in the world; after the joints have moved. */
  update() {
    const from = new THREE.Vector3(), to = new THREE.Vector3(), elbow = new THREE.Vector3();
    this.ends.forEach(([first, last, lower, beyond, radius], i) => {
      from.setFromMatrixPosition(first.matrixWorld);
      to.setFromMatrixPosition(last.matrixWorld);
      if (to.distanceTo(from) < 0.02 && lower) { // a figure without fingers
        elbow.setFromMatrixPosition(lower.matrixWorld);
        to.copy(from).addScaledVector(elbow.sub(from).normalize(), -HAND_M);
      }
      to.sub(from).multiplyScalar(1 + beyond);
      this.uniform.value[2 * i].set(from.x, from.y, from.z, radius);
      this.uniform.value[2 * i + 1].set(to.x, to.y, to.z, 1 / Math.max(to.lengthSq(), 1e-8));
    });
  }
}
