// @ts-check
// The binary messages of the show (render/wire.py, render/pose_stream.py), read without copies.

export const RATE_HZ = 48000;
export const PRESKIP = 312; // an Opus packet's sound lies this many ticks before its place in the chunk
export const CHUNK = 1, VIDEO = 2, STILL = 3;
const MORPHS = 52, JOINTS = 16;

/** @typedef {{at: number, poses: Uint8Array[], opus: Uint8Array[]}} Chunk */
/** @typedef {{at: number, weights: Float32Array, joints: Float32Array, hands: Float32Array}} Pose joints: 16 xyzw */

/** Head of any message. @param {ArrayBuffer} buffer */
export function head(buffer) {
  const view = new DataView(buffer);
  return { type: view.getUint8(0), version: view.getUint8(1), a: view.getUint8(2), b: view.getUint8(3),
           at: view.getUint32(4, true) + view.getUint32(8, true) * 2 ** 32 };
}

/** @param {ArrayBuffer} buffer @returns {Chunk} */
export function readChunk(buffer) {
  const { a, b, at } = head(buffer);
  const view = new DataView(buffer);
  const items = [];
  let offset = 12;
  for (let i = 0; i < a + b; i++) {
    const size = view.getUint16(offset, true);
    items.push(new Uint8Array(buffer, offset + 2, size));
    offset += 2 + size;
  }
  return { at, poses: items.slice(0, a), opus: items.slice(a) };
}

/** One anchor's poses. @param {Uint8Array} data @returns {{anchor: number, poses: Pose[]}} */
export function readPoses(data) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data[0] !== 0x50 || data[1] !== 1) throw new Error(`PoseChunk version ${data[1]}: reload the page`);
  const anchor = data[2], count = data[3];
  const start = view.getUint32(4, true) + view.getUint32(8, true) * 2 ** 32, step = view.getUint16(12, true);
  let offset = 14;
  const raw = new Int32Array(JOINTS * 3);
  const poses = [];
  for (let n = 0; n < count; n++) {
    const weights = new Float32Array(MORPHS);
    for (let i = 0; i < MORPHS; i++) weights[i] = data[offset++] / 255;
    if (n === 0) {
      for (let i = 0; i < raw.length; i++, offset += 2) raw[i] = view.getInt16(offset, true);
    } else {
      for (let i = 0; i < raw.length; i++) {
        let value = 0, shift = 0, byte = 0;
        do {
          byte = data[offset++];
          value |= (byte & 0x7f) << shift;
          shift += 7;
        } while (byte >= 0x80);
        raw[i] += (value >>> 1) ^ -(value & 1);
      }
    }
    const joints = new Float32Array(JOINTS * 4);
    for (let j = 0; j < JOINTS; j++) {
      const x = raw[j * 3] / 32767, y = raw[j * 3 + 1] / 32767, z = raw[j * 3 + 2] / 32767;
      joints.set([x, y, z, Math.sqrt(Math.max(0, 1 - x * x - y * y - z * z))], j * 4);
    }
    const hands = new Float32Array(6);
    for (let i = 0; i < 6; i++) hands[i] = i % 3 === 2 ? data[offset++] / 255 : data[offset++];
    poses.push({ at: start + n * step, weights, joints, hands });
  }
  return { anchor, poses };
}

/** The poses of one anchor around now; anything older than KEEP ticks is forgotten. */
export class PoseTrack {
  static KEEP = 2 * RATE_HZ;

  constructor() {
    /** @type {Pose[]} */
    this.poses = [];
  }

  /** @param {Pose[]} poses */
  push(poses) {
    if (poses.length && poses[0].at < this.newest - RATE_HZ) this.poses = []; // the show began anew
    const last = this.newest;
    for (const pose of poses) if (pose.at > last) this.poses.push(pose);
    while (this.poses.length && this.poses[0].at < this.newest - 2 * PoseTrack.KEEP) this.poses.shift(); // a hidden page draws none
  }

  get newest() {
    return this.poses.length ? this.poses[this.poses.length - 1].at : -1;
  }

  /** The body at MediaTime t, between its two neighbours; null before anything came. @param {number} t @returns {Pose|null} */
  at(t) {
    const list = this.poses;
    while (list.length > 2 && list[1].at < t - PoseTrack.KEEP) list.shift();
    if (!list.length) return null;
    let hi = list.length - 1;
    if (t >= list[hi].at) return list[hi];
    if (t <= list[0].at) return list[0];
    while (list[hi - 1].at > t) hi--;
    const a = list[hi - 1], b = list[hi], k = (t - a.at) / (b.at - a.at);
    const weights = new Float32Array(MORPHS), joints = new Float32Array(JOINTS * 4);
    for (let i = 0; i < MORPHS; i++) weights[i] = a.weights[i] + (b.weights[i] - a.weights[i]) * k;
    for (let j = 0; j < JOINTS * 4; j += 4) {
      let dot = 0, norm = 0;
      for (let i = 0; i < 4; i++) dot += a.joints[j + i] * b.joints[j + i];
      const sign = dot < 0 ? -1 : 1;
      for (let i = 0; i < 4; i++) {
        const v = a.joints[j + i] + (sign * b.joints[j + i] - a.joints[j + i]) * k;
        joints[j + i] = v;
        norm += v * v;
      }
      norm = Math.sqrt(norm) || 1;
      for (let i = 0; i < 4; i++) joints[j + i] /= norm;
    }
    return { at: t, weights, joints, hands: k < 0.5 ? a.hands : b.hands };
  }
}
