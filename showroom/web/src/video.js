// @ts-check
// Watch mode: decoded pictures shown at their time; the newest still until the first one is here.
export class Video {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.paint = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    /** @type {{at: number, frame: VideoFrame}[]} */ this.frames = [];
    this.shownAt = -1;
    this.shown = 0;
    this.polling = false;
  }

  /** Another mode: what waits here is of the past. */
  clear() {
    for (const { frame } of this.frames) frame.close();
    this.frames = [];
    this.shown = 0;
  }

  /** For browsers without a decoder: a still a second. */
  async poll() {
    if (this.polling) return;
    this.polling = true;
    for (;;) {
      try {
        const reply = this.canvas.hidden ? null : await fetch("/poster.jpg", { cache: "no-store" });
        if (reply?.ok) await this.still(await reply.blob());
      } catch { /* the show is away for a moment */ }
      await new Promise((done) => setTimeout(done, 1000));
    }
  }

  /** @param {number} at @param {VideoFrame} frame */
  push(at, frame) {
    this.frames.push({ at, frame });
    while (this.frames.length > 25) this.frames.shift()?.frame.close(); // a hidden page draws none, and a decoder has few
  }

  /** @param {Blob} jpeg */
  async still(jpeg) {
    if (this.shown) return;
    const image = await createImageBitmap(jpeg);
    if (!this.shown) this.put(image, image.width, image.height);
    image.close();
  }

  /** The newest picture whose time has come. @param {number} t MediaTime */
  draw(t) {
    let due = null;
    while (this.frames.length && this.frames[0].at <= t) {
      due?.frame.close();
      due = this.frames.shift();
    }
    if (!due) return;
    this.put(due.frame, due.frame.displayWidth, due.frame.displayHeight);
    this.shownAt = due.at;
    this.shown++;
    due.frame.close();
  }

  /** @param {any} image @param {number} w @param {number} h */
  put(image, w, h) {
    if (this.canvas.width !== w || this.canvas.height !== h) Object.assign(this.canvas, { width: w, height: h });
    this.paint.drawImage(image, 0, 0);
  }
}
