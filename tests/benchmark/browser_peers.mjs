// Lip-sync programs that live in a browser's AudioContext, fed from files: what they call of Web Audio is played here, after its
// specification, in time that runs as fast as they work. node browser_peers.mjs PEER FOLDER JOBS [PROFILE]
// FOLDER has node_modules; JOBS: one JSON a line, {"file": int16 mono at 48 kHz}. Prints CUES and [[viseme, start_s, end_s], ..] each.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const RATE_HZ = 48000;
const [peer, folder, jobs, profilePath] = process.argv.slice(2);
let now_s = 0;

// Decibels of each bin as AnalyserNode gives them: Blackman window, smoothing over calls, -100..-30 dB as bytes.
class Analyser {
  constructor(sound) { this.sound = sound; this.fftSize = 2048; this.smoothed = null; }
  get frequencyBinCount() { return this.fftSize / 2; }
  connect() {}
  getByteFrequencyData(out) {
    const n = this.fftSize, re = new Float64Array(n), im = new Float64Array(n), end = Math.round(now_s * RATE_HZ);
    for (let i = 0; i < n; i++) {
      const w = 0.42 - 0.5 * Math.cos((2 * Math.PI * i) / n) + 0.08 * Math.cos((4 * Math.PI * i) / n);
      re[i] = (this.sound[end - n + i] ?? 0) * w;
    }
    fft(re, im);
    this.smoothed ??= new Float64Array(n / 2);
    for (let k = 0; k < n / 2; k++) {
      this.smoothed[k] = 0.8 * this.smoothed[k] + 0.2 * (Math.hypot(re[k], im[k]) / n);
      const byte = (255 / 70) * (20 * Math.log10(this.smoothed[k] || 1e-12) + 100);
      out[k] = Math.max(0, Math.min(255, Math.floor(byte)));
    }
  }
}

function fft(re, im) {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j |= bit;
    if (i < j) { [re[i], re[j]] = [re[j], re[i]]; [im[i], im[j]] = [im[j], im[i]]; }
  }
  for (let size = 2; size <= n; size *= 2) {
    for (let at = 0; at < n; at += size) {
      for (let k = 0; k < size / 2; k++) {
        const angle = (-2 * Math.PI * k) / size, c = Math.cos(angle), s = Math.sin(angle), a = at + k, b = a + size / 2;
        const x = re[b] * c - im[b] * s, y = re[b] * s + im[b] * c;
        re[b] = re[a] - x; im[b] = im[a] - y; re[a] += x; im[a] += y;
      }
    }
  }
}

const runs = (names, step_s) => {
  const out = [];
  names.forEach((name, i) => {
    if (out.length && out.at(-1)[0] === name) out.at(-1)[2] = (i + 1) * step_s;
    else out.push([name, i * step_s, (i + 1) * step_s]);
  });
  return out;
};

async function wawa(sound) {
  globalThis.window = globalThis;
  globalThis.AudioContext = class {
    sampleRate = RATE_HZ;
    createAnalyser() { return new Analyser(sound); }
    resume() {}
  };
  Object.defineProperty(globalThis, "performance", { value: { now: () => now_s * 1000 }, configurable: true });
  const { Lipsync } = await import(pathToFileURL(`${folder}/node_modules/wawa-lipsync/dist/wawa-lipsync.es.js`));
  now_s = 0;
  const lips = new Lipsync(), names = [];
  for (let frame = 1; frame / 60 <= sound.length / RATE_HZ; frame++) {
    now_s = frame / 60;
    lips.processAudio();
    names.push(lips.viseme.replace("viseme_", ""));
  }
  return runs(names, 1 / 60);
}

let Processor = null;
async function wlipsync(sound, profile) {
  globalThis.sampleRate = RATE_HZ;
  globalThis.AudioWorkletProcessor = class { port = { postMessage: (m) => this.told(m) }; told() {} };
  globalThis.registerProcessor = (_, made) => { Processor = made; };
  const dist = `${folder}/node_modules/wlipsync/dist`;
  if (!Processor) await import(pathToFileURL(`${dist}/audio-processor.js`));
  const wasmModule = await WebAssembly.compile(readFileSync(`${dist}/wlipsync.wasm`));
  const processor = new Processor({ processorOptions: { wasmModule, profile } });
  const VISEMES = { A: "aa", I: "I", U: "U", E: "E", O: "O", N: "nn", S: "SS" };
  let name = "sil";
  processor.told = (m) => { name = Math.log10(m.volume || 1e-9) > -2.5 ? (VISEMES[m.name] ?? "sil") : "sil"; };
  while (processor.inputBufferIndex < 0) await new Promise((done) => setTimeout(done, 1));
  const names = [];
  for (let at = 0; at + 128 <= sound.length; at += 128) {
    globalThis.currentTime = at / RATE_HZ;
    processor.process([[sound.subarray(at, at + 128)]], [], { blockSize: [512] });
    names.push(name);
  }
  return runs(names, 128 / RATE_HZ);
}

const out = [];
for (const line of readFileSync(jobs, "utf8").trim().split("\n")) {
  const bytes = readFileSync(JSON.parse(line).file);
  const sound = Float32Array.from(new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2), (v) => v / 32768);
  out.push(await (peer === "wawa" ? wawa(sound) : wlipsync(sound, JSON.parse(readFileSync(profilePath, "utf8")))));
}
console.log("CUES" + JSON.stringify(out));
process.exit(0);
