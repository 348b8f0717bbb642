// @ts-check
// Plays sound at its place on the media clock: a ring of 12 s, a playhead that moves one sample per sample.
// A hole in the show is a hole in the sound: the playhead walks on, for the show does, too. It is moved otherwise only in
// silence (drift), or when sound goes on arriving behind it (the line has become slower): where a voice is never silent,
// a line that is late by less than a message would otherwise stay chopped, or dumb, for good.
const RATE = 48000, BLOCK = 128;
const SIZE = 12 * RATE;
const TARGET = 0.25 * RATE; // behind the newest sound: 100 ms chunks and 150 ms of network
const MOST = 0.7 * RATE; // as far as a jittery line may push it
const MORE = 0.05 * RATE; // after each time the sound ran out
const LATE = 0.1 * RATE; // as much sound has come too late to be heard: the playhead goes back and waits for it
const QUIET = 0.004;

class Ring extends AudioWorkletProcessor {
  constructor() {
    super();
    this.ring = new Float32Array(SIZE);
    this.written = new Float64Array(SIZE / BLOCK);
    this.underruns = 0;
    this.blocks = 0;
    this.empty();
    this.port.onmessage = ({ data }) => (data.port ? this.listen(data.port) : undefined);
  }

  empty() {
    this.written.fill(-1); // which media block lies in each 128 samples
    this.newest = -1;
    this.head = -1; // MediaTime of the next sample to play
    this.floor = -1; // nothing before it is played (again)
    this.target = TARGET;
    this.late = 0; // samples that came too late, fading as others come in time
  }

  /** @param {MessagePort} port */
  listen(port) {
    port.onmessage = ({ data: { at, pcm, reset } }) => (reset ? this.empty() : this.put(at, pcm));
  }

  /** @param {number} at @param {Float32Array} pcm */
  put(at, pcm) {
    if (this.newest >= 0 && at < this.newest - SIZE / 2) this.empty(); // the show began anew
    const end = at + pcm.length;
    for (let i = 0; i < pcm.length; i++) this.ring[(at + i) % SIZE] = pcm[i];
    for (let i = end; i % BLOCK; i++) this.ring[i % SIZE] = 0; // what lies there is 12 s old
    for (let b = Math.ceil(at / BLOCK); b <= Math.floor(end / BLOCK); b++) this.written[b % this.written.length] = b;
    this.newest = Math.max(this.newest, end);
    const missed = this.head >= 0 && end <= this.head;
    this.late = missed ? this.late + pcm.length : Math.max(0, this.late - pcm.length / 8);
    if (missed) this.target = Math.min(MOST, this.target + MORE);
    if (this.head < 0 || end < this.head - LATE || end > this.head + SIZE / 2 || this.late > LATE) {
      this.head = end - this.target;
      this.floor = at;
      this.late = 0;
    }
  }

  /** @param {Float32Array[][]} _ @param {Float32Array[][]} outputs */
  process(_, outputs) {
    const out = outputs[0][0];
    if (this.head < 0 || !out) return true;
    const level = this.newest - this.head;
    let loud = 0;
    for (let i = 0; i < out.length; i++) {
      const at = this.head + i, block = Math.floor(at / BLOCK);
      out[i] = at >= this.floor && at < this.newest && this.written[block % this.written.length] === block ? this.ring[at % SIZE] : 0;
      loud = Math.max(loud, Math.abs(out[i]));
    }
    for (let c = 1; c < outputs[0].length; c++) outputs[0][c].set(out);
    const starved = level < out.length;
    if (starved) this.underruns++;
    this.head += out.length;
    if (loud < QUIET && !starved) { // silence: the moment to correct drift, 1 ms a block, more when it is far off
      if (level > this.target * 1.6) this.head += level > RATE ? BLOCK : 48;
      else if (level < this.target * 0.6) this.head -= 48;
    }
    if (++this.blocks % 8 === 0) this.port.postMessage({ head: this.head, frame: currentFrame + out.length, level, underruns: this.underruns });
    if (this.blocks % 3750 === 0 && this.target > TARGET) this.target -= 480; // every ten seconds: lines recover
    return true;
  }
}

registerProcessor("ring", Ring);
