// @ts-check
// The media clock as this page lives it. With sound on, the audio hardware is the clock; before that, and where there is
// no sound, the wall clock behind the show by the same delay. A test may inject its own.
import { RATE_HZ } from "./protocol.js";

const DELAY = 0.35 * RATE_HZ; // a muted page runs this far behind the show: what it draws has arrived

export class MediaClock {
  constructor() {
    /** @type {AudioContext | null} */ this.context = null;
    this.head = -1;
    this.frame = 0;
    this.level = 0;
    this.underruns = 0;
    this.wallOffset = NaN; // MediaTime - performance.now() ticks, from the best ping
    this.bestTrip = Infinity;
    /** @type {(() => number) | null} */ this.injected = null;
  }

  /** The worklet's report: sample `head` of the show is output at context frame `frame`. @param {{head: number, frame: number, level: number, underruns: number}} r */
  report({ head, frame, level, underruns }) {
    this.head = head;
    this.frame = frame;
    this.level = level;
    this.underruns = underruns;
  }

  /** The server said it was `now` when we asked at t0 (ms) and heard at t1. @param {number} now @param {number} t0 @param {number} t1 */
  ping(now, t0, t1) {
    const trip = t1 - t0;
    this.bestTrip = Math.min(this.bestTrip * 1.02, trip); // forget slowly: routes change
    if (trip <= this.bestTrip * 1.5 || Number.isNaN(this.wallOffset)) {
      const offset = now + ((trip / 2000) * RATE_HZ) - (t1 / 1000) * RATE_HZ;
      this.wallOffset = Number.isNaN(this.wallOffset) ? offset : this.wallOffset + (offset - this.wallOffset) * 0.2;
    }
  }

  /** A connection begins: the show is at `now`. Small differences are left to the pings. @param {number} now @param {number} t1 ms */
  hello(now, t1) {
    const off = Math.abs(this.wallOffset + (t1 / 1000) * RATE_HZ - now);
    if (!(off < RATE_HZ / 2)) this.restart();
    this.ping(now, t1 - 1, t1);
  }

  restart() {
    this.wallOffset = NaN;
    this.bestTrip = Infinity;
    this.head = -1;
  }

  get audible() {
    return this.context?.state === "running" && this.head >= 0;
  }

  /** MediaTime that is heard, or would be, now. */
  now() {
    if (this.injected) return this.injected();
    const context = this.context;
    if (context && this.audible) {
      const stamp = context.getOutputTimestamp ? context.getOutputTimestamp() : null;
      // What leaves the loudspeaker now was computed outputLatency ago.
      const heard = stamp && stamp.performanceTime
        ? /** @type {number} */ (stamp.contextTime) + (performance.now() - stamp.performanceTime) / 1000
        : context.currentTime - (context.outputLatency || context.baseLatency || 0);
      return this.head + (heard - this.frame / context.sampleRate) * RATE_HZ;
    }
    return Number.isNaN(this.wallOffset) ? NaN : this.wallOffset + (performance.now() / 1000) * RATE_HZ - DELAY;
  }
}
