// @ts-check
// Sound behind one tap: an AudioContext at 48 kHz, the ring worklet, and the ways phones lose it again.
export class Sound {
  /** @param {import("./clock.js").MediaClock} clock @param {Worker} worker */
  constructor(clock, worker) {
    this.clock = clock;
    this.worker = worker;
    this.muted = false;
    /** @type {GainNode | null} */ this.gain = null;
  }

  /** Call it inside a tap. True when sound runs. */
  async unlock() {
    if (this.gain) {
      await this.clock.context?.resume();
      return true;
    }
    if (typeof AudioContext === "undefined" || typeof AudioDecoder === "undefined") return false;
    const context = new AudioContext({ sampleRate: 48000, latencyHint: "interactive" });
    if (!context.audioWorklet) { // a page without https
      context.close();
      return false;
    }
    const session = /** @type {any} */ (navigator).audioSession;
    if (session) session.type = "playback"; // an iPhone's mute switch doesn't silence it
    await Promise.all([context.resume(), context.audioWorklet.addModule("/web/dist/ring_worklet.js")]);
    const ring = new AudioWorkletNode(context, "ring", { numberOfInputs: 0, outputChannelCount: [2] });
    const channel = new MessageChannel();
    ring.port.postMessage({ port: channel.port1 }, [channel.port1]);
    ring.port.onmessage = ({ data }) => this.clock.report(data);
    this.worker.postMessage({ type: "speaker", port: channel.port2 }, [channel.port2]);
    this.gain = context.createGain();
    ring.connect(this.gain).connect(context.destination);
    this.clock.context = context;
    const again = () => { if (context.state !== "running" && !document.hidden) context.resume().catch(() => {}); };
    document.addEventListener("visibilitychange", again);
    addEventListener("pointerup", again); // a locked phone needs a touch to go on
    context.onstatechange = again;
    return true;
  }

  /** @param {boolean} on */
  setMuted(on) {
    this.muted = on;
    if (this.gain) this.gain.gain.value = on ? 0 : 1;
  }
}
