// @ts-check
// The operator's board: one picture of the show a second, and the buttons that matter at night.
import { Layout } from "./layout.js";

const WORDS = {
  operator: ["Operator", "操作台"], token: ["Token", "令牌"], enter: ["Enter", "进入"], denied: ["Wrong token.", "令牌不对。"], rundown: ["Rundown, next lines", "脚本：接下来的台词"],
  questions: ["Questions waiting", "排队的问题"], unanswered: ["Not answered by the knowledge base", "知识库答不上的问题"], processes: ["Processes", "进程"], process: ["process", "进程"],
  state: ["state", "状态"], restarts: ["restarts", "重启"], detail: ["detail", "详情"], alarms: ["Alarms", "告警"], upload: ["Add a product", "添加商品"], sku: ["sku", "货号"], name: ["name", "名称"],
  take_over: ["Person on air", "真人上场"], human_away: ["No performer is connected (nightwindow capture)", "没有真人主播连接（nightwindow capture）"],
  human_ready: ["A performer is ready", "真人主播已就绪"], human_on_air: ["A person performs", "真人主播正在直播"], human_leaving: ["Handing back to the AI …", "正在交还给 AI……"],
  human_voice: ["voice only", "仅声音"], human_picture: ["seen in the picture", "画面中是真人"], human_alone: ["not alone, so the anchor is shown", "不止一人，因此显示数字人"], human_faces: ["faces seen", "看到的人脸数"], ai_took_over: ["the AI took over", "已由 AI 接管"],
  lost_connection: ["connection ended", "连接中断"], lost_sound: ["no sound", "没有声音"], lost_face: ["no face", "看不到人脸"], lost_camera: ["camera gone", "摄像头断开"], lost_microphone: ["microphone gone", "麦克风断开"],
  size: ["listed size in m (w,h,d)", "标称尺寸（米，宽,高,深）"], send: ["Check and place", "检查并上架"], mute: ["Mute", "静音"], slate_stop: ["Stop to slate", "切到待机画面"], skip: ["Skip sentence", "跳过这句"],
  skip_product: ["Next product", "下一个商品"], restart_studio: ["Restart studio", "重启演播室"], viewers: ["viewers", "观众"], voice: ["voice", "声音"], on_stage: ["In the showroom", "展厅里的商品"], none: ["none", "无"],
  lost: ["The show does not answer.", "节目没有响应。"], accepted: ["accepted", "已接受"], repaired: ["repaired", "已修复"], refused: ["refused", "已拒绝"], answering: ["answering", "正在回答"],
  price: ["price", "价格"], new_version: ["new version of a product in the show", "展厅中已有商品的新版本"], approve: ["Approve", "批准上架"], reject: ["Reject", "驳回"], withdraw: ["Withdraw", "下架"],
  rollback: ["Roll back", "回退上一版"], waiting: ["waiting for approval", "等待批准"], withdrawn: ["withdrawn", "已下架"], first_words: ["She will say", "她会说"],
  before: ["As it came", "原始文件"], after: ["As it is shown", "展示效果"], true_size: ["True size", "真实尺寸"], turntable: ["Turntable", "转台"],
  report: ["Report with pictures", "图文检查报告"], drawing: ["Pictures are being drawn …", "正在生成图片……"], no_pictures: ["No pictures could be drawn.", "未能生成图片。"],
  chats: ["Chats of the platforms", "各平台聊天"], connecting: ["connecting", "连接中"], up: ["read", "已连接"], ended: ["over", "已结束"], reconnects: ["reconnects", "重连"], quiet: ["s since a line", "秒无新消息"],
  fate_answered: ["answered", "已回答"], fate_declined: ["not known", "答不上"], fate_chatter: ["small talk", "闲聊"], fate_duplicate: ["came twice", "重复收到"], fate_own: ["our own words", "本节目的回复"], fate_removed: ["taken back", "已被撤回"], fate_stale: ["too old", "过旧"], fate_busy: ["too many at once", "来不及"], fate_late: ["waited too long", "等太久"],
  fate_failed: ["failed", "出错"], fate_empty: ["empty", "空"], fate_too_long: ["too long", "过长"], fate_command: ["command", "命令"], fate_emote: ["emotes", "表情"], fate_advertising: ["advertising", "广告"], fate_abuse: ["abuse", "辱骂"], fate_flood: ["flood", "刷屏"],
  fate_muted: ["muted", "已禁言"], fate_repeat: ["repeated", "重复提问"], fate_copied: ["copied by many", "多人复制"],
  layout: ["Layout", "展台布置"], layout_how: ["Choose a product, then the plinth it is to stand on; two products change places. Drag a plinth to move it, or focus it and use the arrow keys, R to turn. It is kept and shown at once.", "先选商品，再选展台；两件商品可互换位置。拖动展台可移动它，也可选中后用方向键移动、按 R 转向。立即生效并保存。"],
  place_x: ["from the middle to the right, m", "从中间往右，米"], place_z: ["from the presenter to the door, m", "从主播往门口，米"], place_turn: ["turned, °", "转向，度"], place_move: ["Move", "移动"], place_back: ["Where the file has it", "恢复文件中的位置"],
  warnings: ["What the files lack", "文件里的提醒"], listed: ["Listed, shown when their models come", "清单里已有，模型到了就上架"],
  no_place: ["without a plinth, shown when it is its turn", "暂无展台，轮到时展示"], take_away: ["Take off its plinth", "撤下展台"],
  "caption-only": ["captions only", "只有字幕"], "kept clips": ["kept clips", "以前的录音"], recorded: ["a person's recording", "真人录音"], instead: ["instead of", "代替"], rests: ["rests", "暂停使用"],
  answer: ["Answer", "回答"], told: ["Now known; askers told:", "已加入知识库，已通知提问者："],
};
/** @type {any} */ let found = null; // what the gate said of the last upload
let column = (navigator.language || "en").toLowerCase().startsWith("zh") ? 1 : 0;
let token = new URLSearchParams(location.hash.slice(1)).get("token") ?? sessionStorage.getItem("token") ?? "";
const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const t = (/** @type {string} */ key) => /** @type {Record<string, string[]>} */ (WORDS)[key]?.[column] ?? key;

function translate() {
  document.documentElement.lang = column ? "zh" : "en";
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(/** @type {HTMLElement} */ (node).dataset.t ?? "");
  $("lang").textContent = column ? "English" : "中文";
  if (found) showFindings();
}

/** What went wrong, in the page's language where the show says it in both. @param {any} value */
function mistake(value) {
  return (column && value.error_zh) || (value.error ?? "");
}

/** @param {string} path @param {RequestInit} [init] */
async function call(path, init = {}) {
  const reply = await fetch(path, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } });
  if (reply.status === 401) throw Object.assign(new Error("denied"), { denied: true });
  return { ok: reply.ok, value: await reply.json() };
}

/** @param {string} id @param {any[]} items @param {(item: any) => [string, string?, string?]} words */
function list(id, items, words) {
  $(id).replaceChildren(...(items.length ? items : [null]).map((item) => {
    const li = document.createElement("li");
    const [text, small, kind] = item === null ? [t("none")] : words(item);
    li.textContent = text; // words of viewers and files are text, never markup
    if (kind) li.className = kind;
    if (small) { const s = document.createElement("small"); s.textContent = ` ${small}`; li.append(s); }
    return li;
  }));
}

/** Pictures of waiting versions: asked for once, with the token that an <img> cannot send. */
const previews = {
  /** @type {Map<number, Promise<string>>} */ made: new Map(),
  /** @param {number} version @param {string} sku */
  get(version, sku) {
    if (!this.made.has(version)) this.made.set(version, fetch(`/api/products/${encodeURIComponent(sku)}/preview.jpg`, { headers: { Authorization: `Bearer ${token}` } })
      .then((reply) => (reply.ok ? reply.blob() : Promise.reject(new Error(String(reply.status))))).then(URL.createObjectURL));
    return /** @type {Promise<string>} */ (this.made.get(version));
  },
};

/** Pictures of a version by name, drawn when they are first asked for: figures in a row. @param {string} sku @param {number} version @param {string[]} names */
function figures(sku, version, names) {
  const row = document.createElement("div"), note = document.createElement("small");
  row.className = "figures";
  note.textContent = t("drawing");
  row.append(note);
  Promise.all(names.map(async (name) => {
    const url = await kept(`/api/products/${encodeURIComponent(sku)}/pictures/${name}?version=${version}`);
    if (!url) return null;
    const figure = document.createElement("figure"), picture = document.createElement("img"), words = document.createElement("figcaption");
    picture.src = url;
    words.textContent = picture.alt = t(name.split(".")[0]);
    figure.append(picture, words);
    return figure;
  })).then((made) => {
    const found = made.filter((f) => f !== null);
    note.textContent = found.length ? "" : t("no_pictures");
    row.append(...found, report(sku, version));
  });
  return row;
}

/** @type {Map<string, Promise<string | null>>} */ const blobs = new Map();
/** What an <img> cannot ask for itself, since it cannot send the token; null where there is none. @param {string} path */
function kept(path) {
  if (!blobs.has(path)) blobs.set(path, fetch(path, { headers: { Authorization: `Bearer ${token}` } })
    .then(async (reply) => (reply.ok ? URL.createObjectURL(await reply.blob()) : null)));
  return /** @type {Promise<string | null>} */ (blobs.get(path));
}

/** @param {string} sku @param {number} version */
function report(sku, version) {
  const link = document.createElement("a");
  link.textContent = t("report");
  link.target = "_blank";
  link.hidden = true;
  kept(`/api/products/${encodeURIComponent(sku)}/report.html?version=${version}`).then((url) => { if (url) { link.href = url; link.hidden = false; } });
  return link;
}

/** @param {string} label @param {string} sku @param {string} action */
function decision(label, sku, action) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = t(label);
  button.onclick = async () => {
    const { value } = await call(`/api/products/${encodeURIComponent(sku)}/${action}`, { method: "POST" });
    $("product-error").textContent = mistake(value);
    if (value.title) show(value);
  };
  return button;
}

/** Questions for the team, each with a place for its answer. @param {any[]} rows */
function unanswered(rows) {
  const box = $("unanswered"), key = JSON.stringify([column, rows]);
  if (box.dataset.key === key || box.contains(document.activeElement)) return; // nobody's half-written answer is thrown away
  box.dataset.key = key;
  if (!rows.length) return list("unanswered", [], () => [""]);
  box.replaceChildren(...rows.map((q) => {
    const li = document.createElement("li"), form = document.createElement("form"), input = document.createElement("input"), button = document.createElement("button");
    const small = document.createElement("small");
    small.textContent = ` ×${q.asked} · ${q.language}${q.product ? ` · ${q.product}` : ""}`;
    input.maxLength = 600;
    input.setAttribute("aria-label", `${t("answer")}: ${q.text}`);
    button.textContent = t("answer");
    form.append(input, button);
    form.onsubmit = async (event) => {
      event.preventDefault();
      const { ok, value } = await call("/api/operator/answer", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ question: q.text, answer: input.value }) });
      $("taught").textContent = ok ? `${t("told")} ${value.told}` : mistake(value);
      if (ok) { input.blur(); button.blur(); show(value); }
    };
    li.append(q.text, small, form); // words of viewers are text, never markup
    return li;
  }));
}

/** Each product with what may be done to it; what waits comes with its reason and first words. @param {any[]} rows */
function products(rows) {
  const key = JSON.stringify([column, rows]);
  if ($("stage").dataset.key === key) return; // a button must not move away under a finger
  $("stage").dataset.key = key;
  $("stage").replaceChildren(...rows.map((p) => {
    const li = document.createElement("li");
    const add = (/** @type {string} */ tag, /** @type {string} */ words, kind = "") => {
      const n = document.createElement(tag);
      n.textContent = words; // names come from files: text, never markup
      if (kind) n.className = kind;
      li.append(n, " ");
    };
    add("span", p.name);
    add("small", [p.sku, p.plinth ?? "–", p.price, p.state === "on_air" ? "" : t(p.state)].filter(Boolean).join(" · "), p.state === "on_air" ? "" : "warned");
    if (p.waiting) {
      add("p", `${t("waiting")}: ${p.waiting.why[column ? "zh" : "en"]}`, "warned");
      if (p.waiting.lines.length) add("p", `${t("first_words")}: ${p.waiting.lines.join(" ")}`);
      for (const f of p.waiting.findings) add("p", f.message[column ? "zh" : "en"], f.tier);
      const picture = document.createElement("img");
      picture.alt = p.name;
      picture.hidden = true; // until it is drawn: a machine that is on air takes some seconds
      previews.get(p.waiting.version, p.sku).then((/** @type {string} */ url) => { picture.src = url; picture.hidden = false; }, () => picture.remove());
      li.append(picture, figures(p.sku, p.waiting.version, ["true_size.jpg", "turntable.webp"]), decision("approve", p.sku, "approve"), decision("reject", p.sku, "reject"));
    }
    if (p.state === "on_air") li.append(decision("withdraw", p.sku, "withdraw"));
    if (p.versions || p.state === "withdrawn") li.append(decision("rollback", p.sku, "rollback"));
    return li;
  }));
}

const layout = new Layout(call, t, mistake);
/** @param {any} s */
function show(s) {
  $("title").textContent = s.title;
  const seconds = Math.floor(s.on_air_s);
  $("clock").textContent = `${Math.floor(seconds / 3600)}:${String(Math.floor(seconds / 60) % 60).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  const other = s.voice && s.voice !== s.voice_chosen && s.voice !== "recorded";
  const resting = Object.entries(s.voices_resting).map(([name, left]) => `${t(name)} ${t("rests")} ${left} s`);
  $("voice").textContent = s.voice ? [`${t("voice")}: ${t(s.voice)}${other ? ` ${t("instead")} ${t(s.voice_chosen)}` : ""}`, ...resting].join(" · ") : "";
  $("voice").classList.toggle("down", Boolean(other || resting.length));
  $("viewers").textContent = `${t("viewers")}: ${Object.entries(s.viewers).map(([k, v]) => `${k} ${v}`).join(", ")}`;
  $("saying").textContent = (s.answering ? `(${t("answering")}) ` : "") + s.saying;
  $("waiting").textContent = s.questions.length;
  list("rundown", s.rundown, (l) => [l.text, `${l.sku} · ${l.kind}`]);
  list("questions", s.questions, (q) => [`${q.text} → ${q.answer}`, `×${q.askers} · ${q.waiting_s} s · ${q.citations.join(", ")}`]);
  list("chats", s.chat?.feeds ?? [], (f) => [f.name, [f.state === "waiting" ? t("connecting") : t(f.state), f.lines, f.quiet_s === null ? "" : `${f.quiet_s} ${t("quiet")}`, f.reconnects ? `${t("reconnects")} ${f.reconnects}` : "", f.error].filter((x) => x !== "").join(" · "), f.state === "up" ? "" : "warned"]);
  $("fates").textContent = Object.entries(s.chat?.fates ?? {}).sort((a, b) => b[1] - a[1]).map(([fate, n]) => `${t(`fate_${fate}`)} ${n}`).join(" · ");
  unanswered(s.unanswered);
  list("alarms", [...s.alarms].reverse(), (a) => [(column && a.text_zh) || a.text, new Date(a.at_s * 1000).toLocaleTimeString()]);
  for (const id of ["warned", "warnings"]) $(id).hidden = !s.warnings.length;
  list("warnings", column ? s.warnings_zh : s.warnings, (w) => [w]);
  products(s.products);
  $("listed").textContent = s.listed.count ? `${t("listed")} (${s.listed.count}): ${s.listed.skus.join(", ")}${s.listed.count > s.listed.skus.length ? " …" : ""}` : "";
  layout.follow(JSON.stringify([column, s.scene_version, s.products.map((/** @type {any} */ p) => [p.sku, p.plinth, p.state])]));
  for (const [action, on] of [["mute", s.muted], ["slate", s.slate], ["human", s.human.state === "on_air"]]) document.querySelector(`[data-action=${action}]`)?.setAttribute("aria-pressed", String(on));
  const person = s.human;
  $("performer").textContent = [t(`human_${person.state}`), person.mode === "voice" ? t("human_voice") : person.mode === "picture" ? t(person.faces > 1 ? "human_alone" : "human_picture") : "", person.mode && person.mode !== "voice" && person.faces !== 1 ? `${t("human_faces")}: ${person.faces}` : "", person.lost ? `${t(`lost_${person.lost}`)}, ${t("ai_took_over")}` : ""].filter(Boolean).join(" · ");
  $("performer").className = person.lost || (person.mode && person.mode !== "voice" && person.faces !== 1) ? "warned" : "";
  $("processes").replaceChildren(...s.processes.map((/** @type {any} */ p) => {
    const row = document.createElement("tr");
    const detail = Object.entries(p.detail).map(([k, v]) => `${k} ${v}`).join(" · ");
    for (const [value, kind] of [[p.name], [p.state, p.state === "up" ? "" : "down"], [p.cpu_percent.toFixed(0), "num"], [p.rss_mb.toFixed(0), "num"], [p.restarts, "num"], [[detail, p.last_end].filter(Boolean).join(" · ")]]) {
      const cell = document.createElement("td");
      cell.textContent = value;
      if (kind) cell.className = kind;
      row.append(cell);
    }
    return row;
  }));
}

async function tick() {
  try {
    const { value } = await call("/api/operator/state");
    sessionStorage.setItem("token", token);
    $("login").hidden = true;
    $("board").hidden = false;
    show(value);
    $("still").src = `/poster.jpg?${Date.now()}`;
  } catch (error) {
    if (/** @type {any} */ (error).denied) {
      $("login").hidden = false;
      $("board").hidden = true;
      if (token) $("denied").textContent = t("denied");
      return;
    }
    $("saying").textContent = t("lost");
  }
  setTimeout(tick, 1000);
}

$("login").onsubmit = (/** @type {Event} */ event) => { event.preventDefault(); token = $("token").value; $("denied").textContent = ""; tick(); };
$("lang").onclick = () => { column = 1 - column; translate(); };
for (const button of document.querySelectorAll("[data-action]")) {
  /** @type {HTMLElement} */ (button).onclick = async () => {
    const name = /** @type {HTMLElement} */ (button).dataset.action, on = button.getAttribute("aria-pressed") !== "true";
    const { value } = await call(`/api/operator/${name}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ on }) });
    if (value.title) show(value);
    else $("saying").textContent = mistake(value) || t("lost");
  };
}
$("upload").onsubmit = async (/** @type {Event} */ event) => {
  event.preventDefault();
  const form = new FormData();
  form.append("file", $("file").files[0]);
  for (const [key, id] of [["sku", "sku"], ["name", "name"], ["size_m", "size"], ["price", "price"]]) form.append(key, $(id).value);
  if ($("new-version").checked) form.append("new_version", "1");
  const { ok, value } = await call("/api/products", { method: "POST", body: form });
  found = value;
  showFindings();
  if (ok) $("upload").reset();
};

function showFindings() {
  const value = found;
  if (value.list) return list("findings", value.list, (words) => [words[column ? "zh" : "en"]]);
  list("findings", value.error ? [value] : [{ code: value.verdict, tier: value.verdict, message: { en: `${value.sku}: ${t(value.verdict)}`, zh: `${value.sku}：${t(value.verdict)}` } }, ...value.findings],
    (f) => [f.error ? mistake(f) : f.message[column ? "zh" : "en"], f.code ?? "", f.error ? "refused" : f.tier]);
  $("findings-pictures").replaceChildren(...(value.version ? [figures(value.sku, value.version, ["before.jpg", "after.jpg", "true_size.jpg"])] : []));
}

if (location.hash.includes("token")) history.replaceState(null, "", location.pathname); // the secret does not stay in the address
translate();
tick();
