// @ts-check
// The anchor in three.js: the avatar's GLB, driven by poses. Names are ARKit's and VRM's.
import * as THREE from "three";
import { Blockers } from "./blockers.js";
import { anchorMaterial } from "./materials.js";
import { loadGlb } from "./room.js";
import { Springs } from "./springs.js";

export const ARKIT = ("browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight cheekPuff cheekSquintLeft cheekSquintRight " +
  "eyeBlinkLeft eyeBlinkRight eyeLookDownLeft eyeLookDownRight eyeLookInLeft eyeLookInRight eyeLookOutLeft eyeLookOutRight eyeLookUpLeft eyeLookUpRight " +
  "eyeSquintLeft eyeSquintRight eyeWideLeft eyeWideRight jawForward jawLeft jawOpen jawRight mouthClose mouthDimpleLeft mouthDimpleRight " +
  "mouthFrownLeft mouthFrownRight mouthFunnel mouthLeft mouthLowerDownLeft mouthLowerDownRight mouthPressLeft mouthPressRight mouthPucker mouthRight " +
  "mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper mouthSmileLeft mouthSmileRight mouthStretchLeft mouthStretchRight " +
  "mouthUpperUpLeft mouthUpperUpRight noseSneerLeft noseSneerRight tongueOut").split(" ");
export const JOINTS = ("hips spine chest upperChest neck head leftEye rightEye leftShoulder leftUpperArm leftLowerArm leftHand " +
  "rightShoulder rightUpperArm rightLowerArm rightHand").split(" ");
const FINGERS = ["ThumbMetacarpal", "ThumbProximal", "ThumbDistal", ...["Index", "Middle", "Ring", "Little"].flatMap((f) => ["Proximal", "Intermediate", "Distal"].map((b) => f + b))];

const PALM_M = 0.018, HAND_M = 0.07; // as avatar/skinning.py

export class Anchor {
  /** @param {any} mark of /api/scene.json @param {number[][][][]} handPoses (pose, hand, finger joint) quaternions xyzw */
  constructor(mark, handPoses) {
    this.id = mark.anchor_id;
    this.handPoses = handPoses;
    this.root = new THREE.Group();
    this.root.position.fromArray(mark.position_m);
    this.root.rotation.y = (mark.heading_deg * Math.PI) / 180;
    /** @type {THREE.Bone[]} */ this.bones = [];
    /** @type {THREE.Bone[][]} */ this.fingers = [[], []];
    /** @type {{mesh: THREE.Mesh, slots: [number, number][]}[]} */ this.morphs = [];
    this.blockers = new Blockers();
    /** @type {THREE.Vector3 | null} */ this.look = null; // where this page's visitor is, while she is looked at
    this.lookedAt = new THREE.Vector3(0, 1.55, 3);
    this.lookShare = 0;
    /** @type {Springs | null} */ this.springs = null;
    /** @type {Map<string, any>} */ this.byName = new Map();
    this.swungS = 0;
  }

  /** @param {string} url @param {(share: number) => void} progress @param {any} lights */
  async load(url, progress, lights) {
    const hand = matchMedia("(pointer: coarse) and (max-width: 820px)").matches; // a phone: half a megabyte instead of one and a half
    const gltf = await loadGlb(hand && url.startsWith("/media/") ? url.replace(/\.glb$/, "-phone.glb") : url, progress);
    const byName = new Map();
    gltf.scene.traverse((/** @type {any} */ o) => {
      byName.set(o.name, o);
      if (o.isMesh) {
        o.frustumCulled = false;
        const names = o.morphTargetDictionary ?? {};
        const slots = ARKIT.map((n, i) => [i, names[n]]).filter(([, s]) => s !== undefined);
        if (slots.length) this.morphs.push({ mesh: o, slots: /** @type {[number, number][]} */ (slots) });
        o.material = anchorMaterial(o, o.material, lights, this.blockers.uniform);
      }
    });
    this.bones = JOINTS.map((n) => byName.get(n));
    this.fingers = ["left", "right"].map((side) => FINGERS.map((f) => byName.get(side + f)));
    this.blockers.find(byName);
    this.byName = byName;
    const springs = gltf.userData?.springs ?? gltf.parser?.json?.extras?.springs;
    if (springs) this.springs = new Springs(springs);
    this.root.add(gltf.scene);
    return this;
  }

  /** @param {import("./protocol.js").Pose} pose @param {number} dt seconds since the pose before */
  apply(pose, dt) {
    for (const { mesh, slots } of this.morphs) {
      const to = /** @type {number[]} */ (mesh.morphTargetInfluences);
      for (const [from, slot] of slots) to[slot] = pose.weights[from];
    }
    for (let j = 0; j < JOINTS.length; j++) this.bones[j]?.quaternion.fromArray(pose.joints, j * 4);
    for (let h = 0; h < 2; h++) this.applyHand(h, pose.hands[h * 3], pose.hands[h * 3 + 1], pose.hands[h * 3 + 2]);
    this.lookAt(dt);
    this.root.updateWorldMatrix(true, true);
    if (this.springs) this.swing(this.springs, dt);
    this.blockers.update();
  }

  /** What hangs on the body swings. @param {Springs} springs @param {number} dt */
  swing(springs, dt) {
    this.swungS += dt;
    const back = this.root.matrixWorld.clone().invert(), m = new THREE.Matrix4(), driven = new Map();
    for (const [name, rest] of springs.rest) {
      const bone = this.byName.get(name);
      if (!bone) return;
      const e = m.multiplyMatrices(back, bone.matrixWorld).elements, p = [e[12], e[13], e[14]];
      driven.set(name, [0, 1, 2].flatMap((r) => [e[r], e[4 + r], e[8 + r], p[r] - e[r] * rest[0] - e[4 + r] * rest[1] - e[8 + r] * rest[2]]));
    }
    const placed = springs.move(driven, this.swungS), q = new THREE.Quaternion(), on = new THREE.Quaternion();
    for (const { name, parent } of springs.bones) {
      const bone = this.byName.get(name);
      bone?.quaternion.copy(quaternionOf(placed.get(parent), on).invert().multiply(quaternionOf(placed.get(name), q)));
    }
    this.root.updateWorldMatrix(true, true);
  }

  /** @param {number} hand @param {number} from @param {number} to @param {number} blend */
  applyHand(hand, from, to, blend) {
    const a = this.handPoses[from]?.[hand], b = this.handPoses[to]?.[hand];
    if (!a || !b) return;
    const q = new THREE.Quaternion(), r = new THREE.Quaternion();
    this.fingers[hand].forEach((bone, i) => {
      if (!bone) return;
      q.fromArray(/** @type {any} */ (a[i]));
      bone.quaternion.copy(q.slerp(r.fromArray(/** @type {any} */ (b[i])), blend));
    });
  }

  /** Where something lies on the open palm, in the world, as avatar/skinning.py has it. @param {string} side @returns {THREE.Vector3} */
  palm(side) {
    const bone = (/** @type {string} */ name) => this.bones[JOINTS.indexOf(side + name)];
    const hand = bone("Hand"), knuckle = this.fingers[side === "left" ? 0 : 1][FINGERS.indexOf("MiddleProximal")];
    this.root.updateWorldMatrix(true, true);
    const wrist = new THREE.Vector3(), middle = new THREE.Vector3();
    if (!hand) return this.root.localToWorld(wrist.set(side === "left" ? 0.2 : -0.2, 1.15, 0.35));
    hand.getWorldPosition(wrist);
    if (knuckle) knuckle.getWorldPosition(middle);
    if (!knuckle || middle.distanceTo(wrist) < 0.02) { // a figure without fingers
      const elbow = bone("LowerArm")?.getWorldPosition(new THREE.Vector3()) ?? wrist.clone();
      middle.copy(wrist).addScaledVector(wrist.clone().sub(elbow).normalize(), 2 * HAND_M);
    }
    return wrist.add(middle).multiplyScalar(0.5).add(new THREE.Vector3(0, PALM_M, 0));
  }

  /** Eyes and head of this page's anchor turn to the visitor who is being answered; nothing else changes. @param {number} dt */
  lookAt(dt) {
    if (this.look) this.lookedAt.copy(this.look);
    this.lookShare += ((this.look ? 1 : 0) - this.lookShare) * Math.min(1, dt * 5); // there in half a second
    const head = this.bones[JOINTS.indexOf("head")];
    if (this.lookShare < 0.01 || !head) return;
    const local = this.root.worldToLocal(this.lookedAt.clone()).sub(new THREE.Vector3(0, 1.55, 0));
    const yaw = THREE.MathUtils.clamp(Math.atan2(local.x, local.z), -0.7, 0.7);
    const pitch = THREE.MathUtils.clamp(-Math.atan2(local.y, Math.hypot(local.x, local.z)), -0.3, 0.3);
    head.quaternion.slerp(new THREE.Quaternion().setFromEuler(new THREE.Euler(pitch * 0.6, yaw * 0.6, 0, "YXZ")), this.lookShare);
    const eyes = new THREE.Quaternion().setFromEuler(new THREE.Euler(pitch * 0.4, yaw * 0.4, 0, "YXZ"));
    for (const side of ["leftEye", "rightEye"]) this.bones[JOINTS.indexOf(side)]?.quaternion.slerp(eyes, this.lookShare);
  }
}

/** @param {number[] | undefined} m a placement of springs.js @param {THREE.Quaternion} into */
function quaternionOf(m, into) {
  return m ? into.setFromRotationMatrix(new THREE.Matrix4().set(m[0], m[1], m[2], 0, m[4], m[5], m[6], 0, m[8], m[9], m[10], 0, 0, 0, 0, 1)) : into.identity();
}
