// @ts-check
// The shopper's page: connects, keeps the clock, paints the show (or shows the video), asks, and stays usable without 3D.
import * as THREE from "three";
import { Anchor } from "./anchor.js";
import { Chat } from "./chat.js";
import { MediaClock } from "./clock.js";
import { Labels } from "./labels.js";
import { Overlay } from "./overlay.js";
import { cardHere, listProducts, nameOf, showSheet } from "./panel.js";
import { PoseTrack, RATE_HZ } from "./protocol.js";
import { Room } from "./room.js";
import { Show } from "./show.js";
import { Sound } from "./sound.js";
import { language, languageSwitch, loadWords, t, translatePage } from "./strings.js";
import { Tour } from "./tour.js";
import { Video } from "./video.js";

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const query = new URLSearchParams(location.search);
const lite = query.has("lite");
const HINT_AFTER_MS = 3000, HINT_MS = 9000;

/** @param {Storage} store @param {string} key @param {string} [value] */
function remember(store, key, value) {
  try {
    if (value !== undefined) store.setItem(key, value);
    return store.getItem(key) ?? "";
  } catch {
    return ""; // storage may be forbidden
  }
}

class Page {
  constructor() {
    this.clock = new MediaClock();
    this.show = new Show();
    /** @type {PoseTrack[]} */ this.tracks = [new PoseTrack()];
    this.worker = new Worker("/web/dist/media_worker.js", { type: "module" });
    this.sound = new Sound(this.clock, this.worker);
    this.chat = new Chat($("log"), $("try"), $("ask"), $("question"), (message) => this.send(message));
    this.video = new Video($("video"));
    this.overlay = new Overlay((lines) => {
      const product = this.info?.products.find((/** @type {any} */ p) => Object.values(p.names).includes(lines[0]));
      return product ? cardHere(product, lines) : lines;
    });
    this.labels = new Labels($("labels"));
    this.mode = query.get("mode") === "watch" ? "watch" : "tour";
    this.session = "";
    this.wanted = ""; // sku chosen before its model was loaded
    this.scene = Promise.resolve();
    this.sceneVersion = 0;
    this.frames = 0;
    this.frame_s = 1 / 60; // what a picture takes, smoothed
    this.drawnAt = NaN;
    this.stale = true; // the picture's size has changed
    this.labelHere = ""; // the AI label in this shopper's language
    this.labelShare = 0; // least height of the AI label's letters, as the policy has it
    this.lastFrame = performance.now();
    /** @type {Anchor[]} */ this.anchors = [];
  }

  async start() {
    translatePage();
    languageSwitch($("language"));
    $("question").placeholder = $("question").ariaLabel = t("placeholder");
    $("log").dataset.empty = t("empty_log");
    $("video").ariaLabel = $("view").ariaLabel = t("picture");
    $("state").textContent = t("connecting");
    this.poster();
    this.open3d();
    this.buttons();
    this.refresh();
    this.worker.onmessage = ({ data }) => this.take(data);
    const info = await this.askUntil(`/api/show.json?language=${encodeURIComponent(language)}`);
    document.title = info.title;
    this.labelHere = info.ai_label_here ?? "";
    const viewer = remember(sessionStorage, "viewer");
    this.worker.postMessage({ type: "connect", url: info.ws_url, hello: { mode: this.mode, language, ...(viewer ? { viewer } : {}) } });
    setInterval(() => this.send({ type: "ping", t: performance.now() }), 2000);
    if (!query.has("manual")) requestAnimationFrame(() => this.loop());
  }

  /** @param {string} url */
  async askUntil(url) {
    for (let wait = 500; ; wait = Math.min(8000, wait * 2)) {
      try {
        const reply = await fetch(url);
        if (reply.ok) return reply.json();
      } catch { /* not up yet */ }
      await new Promise((done) => setTimeout(done, wait * (0.5 + Math.random())));
    }
  }

  /** Something to look at at once; there is none in the first seconds of a night. */
  poster() {
    const image = $("poster");
    const failed = () => {
      image.classList.add("missing");
      if (!this.anchors.length && this.mode === "tour") setTimeout(() => { image.src = `/poster.jpg?${Date.now()}`; }, 2500);
    };
    image.onload = () => image.classList.remove("missing");
    image.onerror = failed;
    if (image.complete && !image.naturalWidth) failed();
  }

  open3d() {
    try {
      this.renderer = new THREE.WebGLRenderer({ canvas: $("view"), antialias: !lite, preserveDrawingBuffer: query.has("manual") });
    } catch {
      this.mode = "watch"; // the video needs no WebGL
      $("walk").hidden = $("host").hidden = true;
      this.chat.note(t("no_3d"));
      return;
    }
    this.renderer.setPixelRatio(lite ? 1 : Math.min(2, devicePixelRatio));
    this.camera = new THREE.PerspectiveCamera(34, 16 / 9, 0.05, 60);
    this.room = new Room();
    this.tour = new Tour(this.camera, $("view"), this.room, {
      onInspect: (sku) => this.inspected(sku), onLeave: () => this.left(), onWalk: () => this.refresh(),
    });
    $("view").addEventListener("webglcontextlost", (/** @type {Event} */ event) => { event.preventDefault(); this.setMode("watch"); });
    $("view").addEventListener("webglcontextrestored", () => this.setMode("tour"));
    new ResizeObserver(() => { this.stale = true; }).observe($("stage"));
  }

  resize() {
    this.stale = false;
    const { clientWidth: w, clientHeight: h } = $("stage");
    // Capitals of the page's face are 0.7 of its size high; the share is of the picture's shorter side.
    $("label").style.fontSize = `max(.86rem, ${(this.labelShare * Math.min(w, h) / 0.7).toFixed(1)}px)`;
    if (!this.renderer || !this.camera || !this.tour || !w || !h) return;
    this.renderer.setSize(w, h, false);
    this.camera.aspect = w / h;
    this.camera.updateProjectionMatrix();
    // The sheet of a product takes the side where reading begins, or the bottom of a portrait screen: the product stands in the rest.
    const sheet = $("inspect").hidden ? null : $("facts").getBoundingClientRect(), side = document.dir === "rtl" ? -1 : 1;
    this.tour.inset = !sheet ? [0, 0] : w > h ? [side * Math.min(0.45, sheet.width / w), 0] : [0, Math.min(0.5, sheet.height / h)];
  }

  buttons() {
    $("sound").onclick = () => this.unlock();
    $("mute").onclick = () => { this.sound.setMuted(!this.sound.muted); this.refresh(); };
    $("walk").onclick = () => this.setMode("tour");
    $("watch").onclick = () => this.setMode("watch");
    $("follow").onclick = () => { this.tour?.followShow(); this.refresh(); };
    $("host").onclick = () => { this.setMode("tour"); this.tour?.goToHost(); this.refresh(); };
    $("list").onclick = () => { $("products").hidden = !$("products").hidden; this.refresh(); };
    $("back").onclick = () => this.leave();
    window.addEventListener("keydown", (event) => {
      if (event.code === "Escape" && !$("products").hidden) { $("products").hidden = true; this.refresh(); $("list").focus(); }
      else if (event.code === "Escape" && !this.tour && !$("inspect").hidden) this.leave();
      else if (this.mode === "tour" && !(/** @type {HTMLElement} */ (event.target)).closest?.("#chat, #products")) this.tour?.key(event);
    });
    for (const kind of ["pointerdown", "keydown"]) $("stage").addEventListener(kind, () => { $("hint").hidden = true; remember(localStorage, "hint", "seen"); });
    window.addEventListener("popstate", (event) => { // Back leaves the product, not the page
      const sku = event.state?.sku ?? "";
      if (sku && sku !== this.tour?.inspected) this.tour?.inspect(sku);
      else if (!sku && !$("inspect").hidden) this.leave();
    });
  }

  leave() {
    if (this.tour) this.tour.leave();
    else this.left();
  }

  hintOnce() {
    if (remember(localStorage, "hint")) return;
    setTimeout(() => {
      if (remember(localStorage, "hint") || this.mode !== "tour") return;
      $("hint").hidden = false;
      setTimeout(() => { $("hint").hidden = true; }, HINT_MS);
    }, HINT_AFTER_MS);
  }

  async unlock() {
    $("sound").hidden = true;
    const ok = await this.sound.unlock();
    $("mute").hidden = !ok;
    if (!ok) this.chat.note(t(isSecureContext ? "no_decoder" : "no_sound"));
    this.refresh();
    $("view").focus({ preventScroll: true });
  }

  /** @param {string} mode */
  setMode(mode) {
    if (mode === "tour" && !this.renderer) return;
    if (mode !== this.mode) {
      this.mode = mode;
      this.wanted = "";
      if (mode === "watch" && this.tour?.mode === "inspect") this.tour.leave();
      this.video.clear();
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
    $("poster").hidden = !walking;
    $("stage").classList.toggle("watching", !walking);
    $("follow").hidden = !walking || !this.tour || this.tour.mode === "show";
    $("mute").setAttribute("aria-pressed", String(this.sound.muted));
    $("mute").ariaLabel = $("mute").title = t(this.sound.muted ? "mute_off" : "mute_on");
    $("list").setAttribute("aria-expanded", String(!$("products").hidden));
    $("card").hidden = $("caption").hidden = $("label").hidden = !walking; // the video has its own
    if (!walking) $("hint").hidden = true;
    this.stale = true;
  }

  /** @param {any} message */
  send(message) {
    this.worker.postMessage({ type: "send", message });
  }

  /** @param {any} data */
  take(data) {
    if (data.type === "json") this.told(data.message);
    else if (data.type === "poses") (this.tracks[data.anchor] ??= new PoseTrack()).push(data.poses);
    else if (data.type === "video") this.video.push(data.at, data.frame);
    else if (data.type === "still") this.video.still(data.jpeg);
    else if (data.type === "no-video") this.video.poll();
    else if (data.type === "closed") $("state").textContent = t(data.code === 1013 ? "full_house" : "lost");
  }

  /** @param {any} m */
  told(m) {
    if (m.type === "hello") this.hello(m);
    else if (m.type === "cue") this.show.add(m);
    else if (m.type === "pong") this.clock.ping(m.now, m.t, performance.now());
    else if (m.type === "answer") this.chat.answer(m);
    else if (m.type === "answering") this.chat.answering(m.id, m.at);
    else if (m.type === "refused") this.chat.refused(m.id, m.reason);
    else if (m.type === "scene") this.newScene();
  }

  /** @param {any} m */
  hello(m) {
    $("state").textContent = "";
    const again = m.session !== this.session;
    if (again) for (const track of this.tracks) track.poses = [];
    this.session = m.session;
    this.show.restart(m.cues);
    this.clock.hello(m.now, performance.now());
    remember(sessionStorage, "viewer", m.viewer);
    this.worker.postMessage({ type: "identity", viewer: m.viewer });
    $("watch").hidden = !m.picture;
    this.label(m.ai_label);
    this.labelShare = m.label_share ?? 0;
    this.stale = true;
    if (again || m.scene_version !== this.sceneVersion) this.newScene();
    this.refresh();
  }

  /** The showroom as it is now; one after the other. */
  newScene() {
    this.scene = this.scene.then(() => this.loadScene());
  }

  async loadScene() {
    const info = await this.askUntil(`/api/scene.json?language=${encodeURIComponent(language)}`);
    this.sceneVersion = info.version;
    this.info = info;
    listProducts(info.products, this.overlay.sku, (sku) => {
      $("products").hidden = true;
      this.setMode("tour");
      this.wanted = sku;
      this.pickUp();
    });
    if (!this.room) return;
    try {
      await (this.room.info ? this.room.load(info, () => {}) : this.firstScene(info));
    } catch (error) {
      console.error(error);
      this.chat.note(t("no_3d"));
      this.setMode("watch");
    }
    this.progress(1);
    this.pickUp();
  }

  /** The product that was chosen from the list, as soon as its model is there: on a slow line a tap comes first. */
  pickUp() {
    const sku = this.wanted;
    if (!sku || this.room && !this.room.where(sku)) return;
    this.wanted = "";
    if (this.tour) this.tour.inspect(sku);
    else this.inspected(sku);
  }

  /** @param {any} info */
  async firstScene(info) {
    const room = /** @type {Room} */ (this.room);
    await room.load(info, (share) => this.progress(share * 0.6));
    const anchors = info.marks.map((/** @type {any} */ mark) => new Anchor(mark, info.hand_poses[mark.avatar_url] ?? []));
    await Promise.all(anchors.map((/** @type {Anchor} */ a, /** @type {number} */ i) =>
      a.load(info.marks[i].avatar_url, (share) => this.progress(0.6 + share * 0.4), room.lights)));
    for (const anchor of anchors) room.scene.add(anchor.root);
    this.anchors = anchors;
    $("poster").classList.add("gone");
    this.hintOnce();
    const sku = decodeURIComponent(location.hash.slice(1));
    if (sku && room.products.has(sku)) {
      if (!history.state?.sku) history.replaceState(null, "", location.pathname + location.search); // Back leads to the room
      this.tour?.inspect(sku);
    }
  }

  /** @param {number} share */
  progress(share) {
    const bar = /** @type {HTMLElement} */ (document.querySelector("#bar i"));
    bar.style.width = `${Math.round(share * 100)}%`;
    bar.style.opacity = share >= 1 ? "0" : "1";
  }

  /** @param {string} sku */
  inspected(sku) {
    const product = this.info.products.find((/** @type {any} */ q) => q.sku === sku), kept = this.room?.products.get(sku);
    if (!product || (this.room && !kept)) return;
    const address = `#${encodeURIComponent(sku)}`;
    if (history.state?.sku) history.replaceState({ sku }, "", address);
    else history.pushState({ sku }, "", address);
    const looks = [...kept?.looks.keys() ?? []].filter(Boolean); // without 3D its sheet alone
    showSheet(product, looks, kept?.look || kept?.usual || "", (look) => { this.room?.chosen.set(sku, look); this.room?.show(sku, look); },
             !!this.room?.opened.has(sku), this.room ? (on) => { this.room?.opened[on ? "add" : "delete"](sku); } : undefined);
    $("inspect").hidden = false;
    $("stage").classList.add("inspecting");
    $("view").ariaLabel = nameOf(product);
    this.refresh();
  }

  left() {
    this.room?.opened.clear();
    $("inspect").hidden = true;
    $("stage").classList.remove("inspecting");
    $("view").ariaLabel = t("picture");
    if (history.state?.sku) history.back();
    this.refresh();
  }

  loop() {
    requestAnimationFrame(() => this.loop());
    const ms = performance.now();
    const dt = Math.min(0.1, (ms - this.lastFrame) / 1000);
    this.lastFrame = ms;
    this.frame_s += (dt - this.frame_s) * 0.2;
    // A picture stands until the next one: drawn for the middle of that time it is as much early as late.
    this.draw(this.clock.now() + Math.min(0.025, this.frame_s / 2) * RATE_HZ, dt);
  }

  /** One picture of the show at MediaTime t (NaN: not known yet). @param {number} t @param {number} dt seconds since the one before */
  draw(t, dt) {
    this.frames++;
    this.drawnAt = t;
    this.overlay.draw(this.show, t, SLATE);
    const answered = this.chat.tick(this.show, t);
    if (this.mode === "watch") return this.video.draw(t);
    if (!this.renderer || !this.room?.info || !this.tour || !this.camera) return;
    if (this.wanted) this.pickUp();
    if (this.stale) this.resize();
    this.room.turn(this.show.at("product", t), t, this.show.apart(t));
    this.anchors.forEach((anchor, i) => {
      anchor.look = answered ? /** @type {THREE.PerspectiveCamera} */ (this.camera).position : null;
      const pose = this.tracks[i]?.at(t);
      if (pose) anchor.apply(pose, dt);
    });
    const held = this.show.held(t), hand = held && this.anchors.find((a) => a.id === held.anchor);
    this.room.hold(held && hand ? { palm: hand.palm(held.side), heading: hand.root.rotation.y, part: held.part } : null);
    this.tour.update(dt, this.show.camera(t));
    this.renderer.render(this.room.scene, this.camera);
    this.labels.draw(this.room, this.tour.inspected, this.camera);
  }

  /** The market's own AI label, which the law wants, and below it the shopper's where that is another. @param {string} own */
  label(own) {
    $("label").replaceChildren(own);
    if (!this.labelHere || this.labelHere === own) return;
    const here = document.createElement("span");
    here.textContent = this.labelHere;
    here.dir = "auto";
    $("label").append(here);
  }

  /** Seconds of show that lie ready beyond what is drawn, for the curious. */
  get ahead_s() {
    return (this.tracks[0].newest - this.drawnAt) / RATE_HZ;
  }
}

await loadWords();
const SLATE = t("slate");
const page = new Page();
/** For tests and the curious: the page's own parts. */
/** @type {any} */ (window).nightwindow = page;
page.start();
