// @ts-check
// Owns the socket and the decoders, away from the page's main thread: sound survives a page that draws at 5 fps.
// To the main thread: {type: "open"|"closed"|"json"|"poses"|"still"|"video"}; to the worklet's port: {at, pcm}.
import { CHUNK, PRESKIP, STILL, VIDEO, head, readChunk, readPoses } from "./protocol.js";

/** @type {WebSocket | null} */ let socket = null;
/** @type {MessagePort | null} */ let speaker = null;
/** @type {AudioDecoder | null} */ let opus = null;
/** @type {VideoDecoder | null} */ let video = null;
let url = "", hello = {}, tries = 0, nextAt = -1, closing = false, waitKey = true;
/** @type {number[]} */ let pending = [];

self.onmessage = ({ data }) => {
  if (data.type === "connect") {
    url = data.url;
    hello = data.hello;
    connect();
  } else if (data.type === "speaker") speaker = data.port;
  else if (data.type === "send") {
    if (data.message.type === "mode") {
      hello = { ...hello, mode: data.message.mode };
      waitKey = true;
    }
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(data.message));
  } else if (data.type === "identity") hello = { ...hello, viewer: data.viewer };
  else if (data.type === "reconnect" && socket) socket.close();
};

function connect() {
  if (closing) return;
  const mine = new WebSocket(url);
  socket = mine;
  mine.binaryType = "arraybuffer";
  mine.onopen = () => {
    tries = 0;
    waitKey = true;
    mine.send(JSON.stringify({ type: "hello", ...hello }));
    self.postMessage({ type: "open" });
  };
  mine.onmessage = ({ data }) => (typeof data === "string" ? self.postMessage({ type: "json", message: JSON.parse(data) }) : take(data));
  mine.onclose = ({ code, reason }) => {
    // 0.5 s at first, 15 s at most, jittered, so that a thousand pages don't come back in one moment.
    const wait = Math.min(15000, 500 * 2 ** tries++) * (0.5 + Math.random());
    self.postMessage({ type: "closed", code, reason, wait });
    setTimeout(connect, wait);
  };
}

/** @param {ArrayBuffer} buffer */
function take(buffer) {
  const { type, a, at } = head(buffer);
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
  if (!opus || opus.state === "closed") {
    opus = new AudioDecoder({ output: onSound, error: () => { opus = null; } });
    opus.configure({ codec: "opus", sampleRate: 48000, numberOfChannels: 1 });
    pending = [];
    nextAt = -1;
  }
  if (nextAt >= 0 && at !== nextAt) { // a hole: start the decoder anew, its memory is of another moment
    opus.reset();
    opus.configure({ codec: "opus", sampleRate: 48000, numberOfChannels: 1 });
    pending = [];
  }
  nextAt = at + packets.length * 960;
  packets.forEach((data, i) => {
    pending.push(at + i * 960 - PRESKIP);
    opus?.decode(new EncodedAudioChunk({ type: "key", timestamp: ((at + i * 960) / 48000) * 1e6, data }));
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

/** @param {number} at @param {boolean} key @param {Uint8Array} data */
function decodeVideo(at, key, data) {
  if (typeof VideoDecoder === "undefined") return;
  if (waitKey && !key) return;
  waitKey = false;
  if (!video || video.state === "closed") {
    video = new VideoDecoder({
      output: (frame) => self.postMessage({ type: "video", at: Math.round((frame.timestamp / 1e6) * 48000), frame }, /** @type {any} */ ([frame])),
      error: () => { video = null; waitKey = true; },
    });
    video.configure({ codec: "avc1.4d401f", optimizeForLatency: true });
  }
  video.decode(new EncodedVideoChunk({ type: key ? "key" : "delta", timestamp: (at / 48000) * 1e6, data }));
}
