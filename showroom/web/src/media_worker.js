// @ts-check
// Owns the socket and the decoders, away from the page's main thread: sound survives a page that draws at 5 fps.
// To the main thread: {type: "open"|"closed"|"json"|"poses"|"still"|"video"|"no-video"}; to the worklet's port: {at, pcm} or {reset}.
import { CHUNK, PRESKIP, RATE_HZ, STILL, VIDEO, head, readChunk, readPoses } from "./protocol.js";

const PACKET = 960; // ticks of one Opus packet
const SILENCE_MS = 8000; // pings are answered every two seconds: a socket as quiet as this is dead
const MAX_WAITING = 3; // questions asked while the line is down

/** @type {WebSocket | null} */ let socket = null;
/** @type {MessagePort | null} */ let speaker = null;
/** @type {AudioDecoder | null} */ let opus = null;
/** @type {VideoDecoder | null} */ let video = null;
let url = "", session = "", hello = {}, tries = 0, nextAt = -1, waitKey = true, welcome = false, heardAt = 0, codec = "";
/** @type {number[]} */ let pending = [];
/** @type {any[]} */ let waiting = [];

self.onmessage = ({ data }) => {
  if (data.type === "connect") {
    url = data.url;
    hello = data.hello;
    connect();
    setInterval(watch, 1000);
  } else if (data.type === "speaker") speaker = data.port;
  else if (data.type === "send") send(data.message);
  else if (data.type === "identity") hello = { ...hello, viewer: data.viewer };
};

/** @param {any} message */
function send(message) {
  if (message.type === "mode") {
    hello = { ...hello, mode: message.mode };
    waitKey = true;
  }
  if (welcome) socket?.send(JSON.stringify(message));
  else if (message.type === "ask") waiting = [...waiting, message].slice(-MAX_WAITING);
}

function connect() {
  const mine = new WebSocket(url);
  socket = mine;
  heardAt = performance.now();
  mine.binaryType = "arraybuffer";
  mine.onopen = () => {
    waitKey = true;
    mine.send(JSON.stringify({ type: "hello", ...hello }));
    self.postMessage({ type: "open" });
  };
  mine.onmessage = ({ data }) => {
    heardAt = performance.now();
    if (typeof data !== "string") return take(data);
    const message = JSON.parse(data);
    if (message.type === "hello") welcomed(message);
    self.postMessage({ type: "json", message });
  };
  mine.onclose = ({ code, reason }) => lost(code, reason);
}

/** @param {any} message */
function welcomed(message) {
  tries = 0; // only now: a full showroom closes after it has opened
  welcome = true;
  if (message.session !== session) {
    session = message.session;
    nextAt = -1;
    speaker?.postMessage({ reset: true });
  }
  for (const question of waiting.splice(0)) send(question);
}

/** @param {number} code @param {string} reason */
function lost(code, reason) {
  if (socket) socket.onclose = socket.onmessage = socket.onopen = null;
  socket = null;
  welcome = false;
  // 0.5 s at first, 15 s at most, jittered, so that a thousand pages don't come back in one moment.
  const wait = Math.min(15000, 500 * 2 ** tries++) * (0.5 + Math.random());
  self.postMessage({ type: "closed", code, reason, wait });
  setTimeout(connect, wait);
}

/** A line that died without a word: a phone that changed networks, a host that hangs. */
function watch() {
  if (!socket || performance.now() - heardAt < SILENCE_MS) return;
  const dead = socket;
  lost(1006, "silence");
  dead.close();
}

/** @param {ArrayBuffer} buffer */
function take(buffer) {
  const { type, version, a, at } = head(buffer);
  if (version !== 1) return;
  if (type === CHUNK) {
    const chunk = readChunk(buffer);
    for (const body of chunk.poses) self.postMessage({ type: "poses", ...readPoses(body) });
    decodeSound(chunk.at, chunk.opus);
  } else if (type === STILL) self.postMessage({ type: "still", at, jpeg: new Blob([new Uint8Array(buffer, 12)], { type: "image/jpeg" }) });
  else if (type === VIDEO) decodeVideo(at, a === 1, new Uint8Array(buffer, 12));
}

/** @param {number} at @param {Uint8Array[]} packets */
function decodeSound(at, packets) {
  if (typeof AudioDecoder === "undefined" || !speaker) return;
  const fresh = !opus || opus.state === "closed";
  if (fresh) opus = new AudioDecoder({ output: onSound, error: () => { opus = null; } });
  else if (nextAt >= 0 && at !== nextAt) opus?.reset(); // a hole: the decoder's memory is of another moment
  if (fresh || (nextAt >= 0 && at !== nextAt)) {
    opus?.configure({ codec: "opus", sampleRate: RATE_HZ, numberOfChannels: 1 });
    pending = [];
  }
  nextAt = at + packets.length * PACKET;
  packets.forEach((data, i) => {
    pending.push(at + i * PACKET - PRESKIP);
    opus?.decode(new EncodedAudioChunk({ type: "key", timestamp: ((at + i * PACKET) / RATE_HZ) * 1e6, data }));
  });
}

/** @param {AudioData} sound */
function onSound(sound) {
  const at = pending.shift();
  const pcm = new Float32Array(sound.numberOfFrames);
  sound.copyTo(pcm, { planeIndex: 0, format: "f32-planar" });
  sound.close();
  if (at !== undefined) speaker?.postMessage({ at, pcm }, [pcm.buffer]);
}

/** "avc1.PPCCLL" of the parameter set in a key frame; "" when it has none. @param {Uint8Array} data Annex B */
function codecOf(data) {
  for (let i = 0; i + 6 < Math.min(data.length, 200); i++) {
    if (data[i] === 0 && data[i + 1] === 0 && data[i + 2] === 1 && (data[i + 3] & 31) === 7)
      return "avc1." + [4, 5, 6].map((k) => data[i + k].toString(16).padStart(2, "0")).join("");
  }
  return "";
}

/** @param {number} at @param {boolean} key @param {Uint8Array} data */
function decodeVideo(at, key, data) {
  if (typeof VideoDecoder === "undefined") return void self.postMessage({ type: "no-video" });
  if (waitKey && !key) return;
  waitKey = false;
  const wanted = key ? codecOf(data) || codec : codec;
  if (!video || video.state === "closed") {
    video = new VideoDecoder({
      output: (frame) => self.postMessage({ type: "video", at: Math.round((frame.timestamp / 1e6) * RATE_HZ), frame }, /** @type {any} */ ([frame])),
      error: () => { video = null; waitKey = true; },
    });
    codec = "";
  }
  if (wanted !== codec) video.configure({ codec: (codec = wanted), optimizeForLatency: true });
  video.decode(new EncodedVideoChunk({ type: key ? "key" : "delta", timestamp: (at / RATE_HZ) * 1e6, data }));
}
