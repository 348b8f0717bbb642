// @ts-check
// The shopper's page: connects, keeps the clock, paints the show (or shows the video), asks, and stays usable without 3D.
import * as THREE from "three";
import { Anchor } from "./anchor.js";
import { Chat } from "./chat.js";
import { MediaClock } from "./clock.js";
import { PoseTrack } from "./protocol.js";
import { Room } from "./room.js";
import { Show } from "./show.js";
import { Sound } from "./sound.js";
import { language, t, translatePage } from "./strings.js";
import { Tour } from "./tour.js";
import { Video } from "./video.js";

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const query = new URLSearchParams(location.search);
const lite = query.has("lite");

class Page {
  constructor() {
    this.clock = new MediaClock();
    this.show = new Show();
    /** @type {PoseTrack[]} */ this.tracks = [new PoseTrack()];
    this.worker = new Worker("/web/dist/media_worker.js", { type: "module" });
    this.sound = new Sound(this.clock, this.worker);
    this.chat = new Chat($("log"), $("ask"), $("question"), (message) => this.send(message));
    this.video = new Video($("video"), this.clock);
    this.mode = query.get("mode") === "watch" ? "watch" : "tour";
    this.session = "";
    this.sceneVersion = 0;
    this.frames = 0;
    this.lastFrame = performance.now();
    /** @type {Anchor[]} */ this.anchors = [];
    this.pings = new Map();
  }

  async start() {
    translatePage();
    $("question").placeholder = t("placeholder");
    $("state").textContent = t("connecting");
    this.open3d();
    this.buttons();
    this.worker.onmessage = ({ data }) => this.take(data);
    const info = await this.askUntil("/api/show.json");
    document.title = info.title;
    let viewer = "";
    try { viewer = sessionStorage.getItem("viewer") ?? ""; } catch { /* storage may be forbidden */ }
    this.worker.postMessage({ type: "connect", url: info.ws_url, hello: { mode: this.mode, language, ...(viewer ? { viewer } : {}) } });
    setInterval(() => this.ping(), 2000);
    if (!query.has("manual")) requestAnimationFrame(() => this.loop());
  }

  /** @param {string} url */
  async askUntil(url) {
    for (let wait = 500; ; wait = Math.min(8000, wait * 2)) {
      try {
        const reply = await fetch(url);
        if (reply.ok) return reply.json();
      } catch { /* not up yet */ }
      await new Promise((done) => setTimeout(done, wait));
    }
  }

  open3d() {
    try {
      this.renderer = new THREE.WebGLRenderer({ canvas: $("view"), antialias: !lite, preserveDrawingBuffer: query.has("manual") });
    } catch {
      this.mode = "watch"; // no WebGL: the video needs none
      $("walk").hidden = true;
      this.chat.note(t("no_3d"));
      return;
    }
    this.renderer.setPixelRatio(lite ? 1 : Math.min(2, devicePixelRatio));
    this.camera = new THREE.PerspectiveCamera(34, 16 / 9, 0.05, 60);
    this.room = new Room({ lite });
    this.tour = new Tour(this.camera, $("view"), this.room, {
      onInspect: (sku) => this.inspected(sku), onLeave: () => this.left(), onWalk: () => this.refresh(),
    });
    addEventListener("resize", () => this.resize());
    this.resize();
  }

  resize() {
    const { clientWidth: w, clientHeight: h } = $("stage");
    if (!this.renderer || !this.camera || !w || !h) return;
    this.renderer.setSize(w, h, false);
    this.camera.aspect = w / h;
    this.camera.updateProjectionMatrix();
  }

  buttons() {
    $("sound").onclick = () => this.unlock();
    $("mute").onclick = () => { this.sound.setMuted(!this.sound.muted); this.refresh(); };
    $("walk").onclick = () => this.setMode("tour");
    $("watch").onclick = () => this.setMode("watch");
    $("follow").onclick = () => { this.tour?.followShow(); this.refresh(); };
    $("host").onclick = () => { this.setMode("tour"); this.tour?.goToHost(); this.refresh(); };
    $("list").onclick = () => { $("products").hidden = !$("products").hidden; this.refresh(); };
    $("back").onclick = () => history.back();
    addEventListener("popstate", (event) => { // Back leaves the product, not the page
      const sku = event.state?.sku ?? "";
      if (!sku && this.tour?.mode === "inspect") this.tour.leave();
      else if (sku) this.tour?.inspect(sku);
    });
  }

  async unlock() {
    $("sound").hidden = true;
    $("mute").hidden = false;
    const ok = await this.sound.unlock();
    if (!ok) this.chat.note(t("no_sound"));
    this.refresh();
    $("view").focus();
  }

  /** @param {string} mode */
  setMode(mode) {
    if (mode !== this.mode) {
      this.mode = mode;
      this.send({ type: "mode", mode });
    }
    this.refresh();
  }

  refresh() {
    const walking = this.mode === "tour";
    $("walk").setAttribute("aria-pressed", String(walking));
    $("watch").setAttribute("aria-pressed", String(!walking));
    $("view").hidden = !walking;
    $("video").hidden = walking;
    $("follow").hidden = !walking || this.tour?.mode === "show";
    $("mute").textContent = this.sound.muted ? t("mute_off") : t("mute_on");
    $("list").setAttribute("aria-expanded", String(!$("products").hidden));
    $("card").hidden = $("caption").hidden = $("label").hidden = !walking; // the video has its own
  }

  /** @param {any} message */
  send(message) {
    this.worker.postMessage({ type: "send", message });
  }

  ping() {
    this.send({ type: "ping", t: performance.now() });
  }

  /** @param {any} data */
  take(data) {
    if (data.type === "json") this.told(data.message);
    else if (data.type === "poses") (this.tracks[data.anchor] ??= new PoseTrack()).push(data.poses);
    else if (data.type === "video") this.video.push(data.at, data.frame);
    else if (data.type === "still") this.video.still(data.jpeg);
    else if (data.type === "closed") {
      $("state").textContent = t("lost");
      this.clock.restart();
    } else if (data.type === "open") this.ping();
  }

  /** @param {any} m */
  told(m) {
    if (m.type === "hello") this.hello(m);
    else if (m.type === "cue") this.show.add(m);
    else if (m.type === "pong") this.clock.ping(m.now, m.t, performance.now());
    else if (m.type === "answer") this.chat.answer(m);
    else if (m.type === "answering") this.chat.answering(m.id, m.at);
    else if (m.type === "refused") this.chat.refused(m.id, m.reason);
    else if (m.type === "scene") this.loadScene();
  }

  /** @param {any} m */
  hello(m) {
    $("state").textContent = "";
    if (m.session !== this.session) this.tracks.forEach((track) => { track.poses = []; });
    this.session = m.session;
    this.show.restart(m.cues);
    const at = performance.now();
    this.clock.ping(m.now, at - 1, at);
    try { sessionStorage.setItem("viewer", m.viewer); } catch { /* storage may be forbidden */ }
    this.worker.postMessage({ type: "identity", viewer: m.viewer });
    $("watch").hidden = !m.picture;
    $("label").textContent = m.ai_label;
    if (m.scene_version !== this.sceneVersion) this.loadScene();
    this.refresh();
  }

  async loadScene() {
    const info = await this.askUntil("/api/scene.json");
    this.sceneVersion = info.version;
    this.listProducts(info);
    if (!this.room) return;
    const progress = (/** @type {number} */ share) => this.progress(share);
    try {
      if (this.room.info) { this.room.info = info; await this.room.sync(progress); return this.progress(1); }
      const anchors = info.marks.map((/** @type {any} */ mark) => new Anchor(mark));
      await Promise.all([this.room.load(info, (s) => progress(s * 0.6)), ...anchors.map((/** @type {Anchor} */ a) => a.load(info.avatar_url, (s) => progress(0.6 + s * 0.3), lite))]);
      for (const anchor of anchors) this.room.scene.add(anchor.root);
      this.anchors = anchors;
      $("poster").classList.add("gone");
      const sku = decodeURIComponent(location.hash.slice(1));
      if (sku && this.room.products.has(sku)) this.tour?.inspect(sku);
    } catch (error) {
      console.error(error);
      this.chat.note(t("no_3d"));
      this.setMode("watch");
    }
    this.progress(1);
  }

  /** @param {number} share */
  progress(share) {
    const bar = /** @type {HTMLElement} */ (document.querySelector("#bar i"));
    bar.style.width = `${Math.round(share * 100)}%`;
    bar.style.opacity = share >= 1 ? "0" : "1";
  }

  /** @param {any} info */
  listProducts(info) {
    this.info = info;
    $("products").replaceChildren(...info.products.map((/** @type {any} */ p) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.sku = p.sku;
      const price = document.createElement("em");
      price.textContent = p.card[1] && p.price ? p.card[1] : "";
      button.append(p.names[language.slice(0, 2)] ?? p.names.en ?? p.sku, price);
      button.onclick = () => { $("products").hidden = true; this.setMode("tour"); this.tour?.inspect(p.sku); };
      return button;
    }));
  }

  /** @param {string} sku */
  inspected(sku) {
    if (history.state?.sku !== sku) history.pushState({ sku }, "", `#${encodeURIComponent(sku)}`);
    const p = this.info.products.find((/** @type {any} */ q) => q.sku === sku);
    const facts = $("facts");
    facts.replaceChildren();
    const add = (/** @type {string} */ tag, /** @type {string} */ words) => { const n = document.createElement(tag); n.textContent = words; facts.append(n); return n; };
    add("h2", p.names[language.slice(0, 2)] ?? p.names.en ?? sku);
    for (const line of p.card.slice(1)) add("p", line);
    add("p", `${t("size")}: ${p.size_m.map((/** @type {number} */ v) => Math.round(v * 100)).join(" × ")} cm`);
    if (p.stock !== null) add("p", p.stock > 0 ? `${p.stock} ${t("stock")}` : t("sold_out"));
    if (p.checkout_url) { const a = /** @type {any} */ (add("a", t("buy"))); a.href = p.checkout_url; a.target = "_blank"; a.rel = "noopener"; }
    $("inspect").hidden = false;
    this.refresh();
  }

  left() {
    $("inspect").hidden = true;
    this.refresh();
  }

  loop() {
    requestAnimationFrame(() => this.loop());
    const ms = performance.now();
    const dt = Math.min(0.1, (ms - this.lastFrame) / 1000);
    this.lastFrame = ms;
    this.draw(this.clock.now(), dt);
  }

  /** One picture of the show at MediaTime t. @param {number} t @param {number} dt seconds since the one before */
  draw(t, dt) {
    this.frames++;
    this.drawnAt = t;
    if (Number.isNaN(t)) return;
    this.words(t);
    this.chat.tick(t);
    if (this.mode === "watch") return this.video.draw(t);
    if (!this.renderer || !this.room?.info || !this.tour) return;
    this.room.turn(this.show.at("product", t), t);
    this.anchors.forEach((anchor, i) => {
      const pose = this.tracks[i]?.at(t);
      if (!pose) return;
      anchor.look = this.chat.isAnswering(t) ? /** @type {any} */ (this.camera).position : null;
      anchor.apply(pose);
    });
    this.tour.update(dt, this.show.camera(t));
    this.renderer.render(this.room.scene, /** @type {any} */ (this.camera));
  }

  /** @param {number} now */
  words(now) {
    const caption = this.show.caption(now), card = this.show.at("card", now), slate = this.show.at("slate", now);
    const node = $("caption");
    if (node.textContent !== (caption?.text ?? "")) { node.textContent = caption?.text ?? ""; node.lang = caption?.language ?? ""; }
    node.style.visibility = caption ? "visible" : "hidden";
    const key = card ? JSON.stringify(card.lines) : "";
    if ($("card").dataset.key !== key) {
      $("card").dataset.key = key;
      $("card").replaceChildren(...(card?.lines ?? []).map((/** @type {string} */ line, /** @type {number} */ i) => {
        const n = document.createElement(i === 0 ? "b" : i === 1 ? "strong" : "span");
        n.textContent = line;
        return n;
      }));
    }
    $("card").style.visibility = card?.lines?.length && this.tour?.mode !== "inspect" ? "visible" : "hidden";
    if (slate?.on) $("state").textContent = t("slate");
    else if ($("state").textContent === t("slate")) $("state").textContent = "";
    const sku = this.show.at("product", now)?.sku;
    for (const button of $("products").children) button.classList.toggle("on-show", button.dataset.sku === sku);
  }
}

const page = new Page();
/** For tests and the curious: the page's own parts. */
/** @type {any} */ (window).nightwindow = page;
page.start();
