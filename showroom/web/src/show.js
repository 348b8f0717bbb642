// @ts-check
// Which cue holds at t: the browser's side of render/timeline.py. The same cues, the same answers.
import { RATE_HZ } from "./protocol.js";

/** @typedef {{cue: string, at: number, anchor_id: string, [key: string]: any}} Cue */

export class Show {
  constructor() {
    /** @type {Map<string, Cue[]>} */ this.cues = new Map();
    /** @type {Cue[]} */ this.plays = [];
  }

  /** @param {Cue[]} cues */
  restart(cues) {
    this.cues.clear();
    this.plays = [];
    for (const cue of cues) this.add(cue);
  }

  /** @param {Cue} cue */
  add(cue) {
    if (cue.cue === "play") {
      this.plays = [...this.plays.slice(-40), cue];
      return;
    }
    if (cue.cue === "stop") {
      const cut = (/** @type {Cue} */ c) => (c.anchor_id !== cue.anchor_id ? c : c.at < cue.at ? { ...c, until: Math.min(c.until, cue.at) } : null);
      const kept = (/** @type {Cue[]} */ list) => /** @type {Cue[]} */ (list.map(cut).filter(Boolean));
      this.plays = kept(this.plays);
      this.cues.set("caption", kept(this.cues.get("caption") ?? []));
      const holds = this.cues.get("hold") ?? [], own = (/** @type {Cue} */ c) => c.anchor_id === cue.anchor_id;
      if (holds.some(own)) this.cues.set("hold", [...holds.filter((c) => !own(c) || c.at < cue.at), { cue: "hold", at: cue.at, anchor_id: cue.anchor_id, side: "", ease_s: 0.45 }]);
      return;
    }
    const list = (this.cues.get(cue.cue) ?? []).filter((c) => c.at < cue.at);
    list.push(cue);
    this.cues.set(cue.cue, list.slice(-24));
  }

  /** @param {string} kind @param {number} t @returns {Cue|null} */
  at(kind, t) {
    const list = this.cues.get(kind) ?? [];
    for (let i = list.length - 1; i >= 0; i--) if (list[i].at <= t) return list[i];
    return null;
  }

  /** How far the product on show is taken apart at t, 0..1, as render/timeline.py has it. @param {number} t */
  apart(t) {
    const since = this.at("product", t)?.at ?? 0;
    const list = (this.cues.get("explode") ?? []).filter((c) => c.at <= t);
    const now = list[list.length - 1], before = list[list.length - 2];
    if (!now || now.at < since) return 0;
    const start = before && before.at >= since ? before.amount : 0;
    const part = Math.min(1, (t - now.at) / Math.max(1, now.ease_s * RATE_HZ));
    return start + (now.amount - start) * part * part * (3 - 2 * part);
  }

  /** Which hand has the product at t and how far it is on its way there, as render/timeline.py has it; null in its place. @param {number} t */
  held(t) {
    const since = this.at("product", t)?.at ?? 0;
    const list = (this.cues.get("hold") ?? []).filter((c) => c.at <= t);
    const now = list[list.length - 1], before = list[list.length - 2];
    if (!now || now.at < since) return null;
    const part = Math.min(1, (t - now.at) / Math.max(1, now.ease_s * RATE_HZ)), eased = part * part * (3 - 2 * part);
    if (now.side) return { anchor: now.anchor_id, side: now.side, part: eased };
    const was = before && before.at >= since ? before.side : "";
    return was && eased < 1 ? { anchor: now.anchor_id, side: was, part: 1 - eased } : null;
  }

  /** End of the utterance whose sound began at `at`, clause by clause; `at` itself when there is none. @param {number} at */
  spokenUntil(at) {
    const first = this.plays.find((p) => p.at >= at - 4800 && p.until > at);
    if (!first) return at;
    return Math.max(...this.plays.filter((p) => p.utterance_id === first.utterance_id).map((p) => p.until));
  }

  /** The caption at t, or null. @param {number} t */
  caption(t) {
    const cue = this.at("caption", t);
    return cue && t < cue.until && cue.text ? cue : null;
  }

  /** The broadcast camera at t: {position, target, fov}, eased with smoothstep like the studio's. @param {number} t */
  camera(t) {
    const list = (this.cues.get("shot") ?? []).filter((c) => c.at <= t);
    const now = list[list.length - 1];
    if (!now) return null;
    const before = list[list.length - 2];
    const part = (t - now.at) / Math.max(1, now.ease_s * RATE_HZ);
    if (!before || now.ease_s <= 0 || part >= 1) return { position: now.position_m, target: now.target_m, fov: now.fov_deg };
    const s = part * part * (3 - 2 * part);
    const mix = (/** @type {number[]} */ a, /** @type {number[]} */ b) => a.map((v, i) => v + (b[i] - v) * s);
    return { position: mix(before.position_m, now.position_m), target: mix(before.target_m, now.target_m),
             fov: before.fov_deg + (now.fov_deg - before.fov_deg) * s };
  }
}
