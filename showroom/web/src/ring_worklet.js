// @ts-check
// Plays sound at its place on the media clock: a ring of 12 s, a playhead that moves one sample per sample.
// The playhead is moved otherwise only in silence (drift) or when it has lost the buffer altogether.
const SIZE = 12 * 48000;
const TARGET = 0.25 * 48000; // behind the newest sound: 100 ms chunks and 150 ms of network
const QUIET = 0.004;

class Ring extends AudioWorkletProcessor {
  constructor() {
    super();
    this.ring = new Float32Array(SIZE);
    this.written = new Float64Array(SIZE / 128).fill(-1); // which media block lies in each 128 samples
    this.newest = -1;
    this.head = -1; // MediaTime of the next sample to play
    this.underruns = 0;
    this.blocks = 0;
    this.port.onmessage = ({ data }) => (data.port ? this.listen(data.port) : undefined);
  }

  /** @param {MessagePort} port */
  listen(port) {
    port.onmessage = ({ data: { at, pcm, reset } }) => {
      if (reset) { this.head = this.newest = -1; this.written.fill(-1); return; }
      if (this.newest >= 0 && at < this.newest - SIZE / 2) this.head = this.newest = -1; // the show began anew
      for (let i = 0; i < pcm.length; i++) this.ring[(at + i) % SIZE] = pcm[i];
      const end = at + pcm.length;
      for (let b = Math.ceil(at / 128); b <= Math.floor(end / 128); b++) this.written[b % this.written.length] = b;
      this.newest = Math.max(this.newest, end);
      if (this.head < 0) this.head = end - TARGET;
    };
  }

  /** @param {Float32Array[][]} _ @param {Float32Array[][]} outputs */
  process(_, outputs) {
    const out = outputs[0][0];
    if (this.head < 0 || !out) return true;
    const level = this.newest - this.head;
    if (level < -48000 || level > 3 * 48000) this.head = this.newest - TARGET; // lost: jump
    let loud = 0;
    for (let i = 0; i < out.length; i++) {
      const at = this.head + i;
      const v = at >= 0 && at < this.newest && this.written[Math.floor(at / 128) % this.written.length] === Math.floor(at / 128)
        ? this.ring[at % SIZE] : 0;
      out[i] = v;
      loud = Math.max(loud, Math.abs(v));
    }
    for (let c = 1; c < outputs[0].length; c++) outputs[0][c].set(out);
    if (level < out.length) this.underruns++;
    this.head += out.length;
    if (loud < QUIET) { // silence: the moment to correct drift, 1 ms a block at most
      if (level > TARGET * 1.6) this.head += 48;
      else if (level < TARGET * 0.6) this.head -= 48;
    }
    if (++this.blocks % 8 === 0) this.port.postMessage({ head: this.head, frame: currentFrame + out.length, level, underruns: this.underruns });
    return true;
  }
}

registerProcessor("ring", Ring);
