// @ts-check
// The operator's board: one picture of the show a second, and the buttons that matter at night.
const WORDS = {
  operator: ["Operator", "操作台"], token: ["Token", "令牌"], enter: ["Enter", "进入"], denied: ["Wrong token.", "令牌不对。"], rundown: ["Rundown, next lines", "脚本：接下来的台词"],
  questions: ["Questions waiting", "排队的问题"], unanswered: ["Not answered by the knowledge base", "知识库答不上的问题"], processes: ["Processes", "进程"], process: ["process", "进程"],
  state: ["state", "状态"], restarts: ["restarts", "重启"], detail: ["detail", "详情"], alarms: ["Alarms", "告警"], upload: ["Add a product", "添加商品"], sku: ["sku", "货号"], name: ["name", "名称"],
  size: ["listed size in m (w,h,d)", "标称尺寸（米，宽,高,深）"], send: ["Check and place", "检查并上架"], mute: ["Mute", "静音"], slate_stop: ["Stop to slate", "切到待机画面"], skip: ["Skip sentence", "跳过这句"],
  skip_product: ["Next product", "下一个商品"], restart_studio: ["Restart studio", "重启演播室"], viewers: ["viewers", "观众"], on_stage: ["In the showroom", "展厅里的商品"], none: ["none", "无"],
  lost: ["The show does not answer.", "节目没有响应。"], accepted: ["accepted", "已接受"], repaired: ["repaired", "已修复"], refused: ["refused", "已拒绝"], answering: ["answering", "正在回答"],
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

/** @param {any} s */
function show(s) {
  $("title").textContent = s.title;
  const seconds = Math.floor(s.on_air_s);
  $("clock").textContent = `${Math.floor(seconds / 3600)}:${String(Math.floor(seconds / 60) % 60).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  $("viewers").textContent = `${t("viewers")}: ${Object.entries(s.viewers).map(([k, v]) => `${k} ${v}`).join(", ")}`;
  $("saying").textContent = (s.answering ? `(${t("answering")}) ` : "") + s.saying;
  $("waiting").textContent = s.questions.length;
  list("rundown", s.rundown, (l) => [l.text, `${l.sku} · ${l.kind}`]);
  list("questions", s.questions, (q) => [`${q.text} → ${q.answer}`, `×${q.askers} · ${q.waiting_s} s · ${q.citations.join(", ")}`]);
  list("unanswered", s.unanswered, (q) => [q.text, `×${q.asked} · ${q.language}`]);
  list("alarms", [...s.alarms].reverse(), (a) => [a.text, new Date(a.at_s * 1000).toLocaleTimeString()]);
  list("stage", s.products, (p) => [p.name, `${p.sku} · ${p.plinth ?? "–"}`]);
  for (const [action, on] of [["mute", s.muted], ["slate", s.slate]]) document.querySelector(`[data-action=${action}]`)?.setAttribute("aria-pressed", String(on));
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
    else $("saying").textContent = value.error ?? t("lost");
  };
}
$("upload").onsubmit = async (/** @type {Event} */ event) => {
  event.preventDefault();
  const form = new FormData();
  form.append("file", $("file").files[0]);
  for (const [key, id] of [["sku", "sku"], ["name", "name"], ["size_m", "size"]]) form.append(key, $(id).value);
  const { ok, value } = await call("/api/products", { method: "POST", body: form });
  found = value;
  showFindings();
  if (ok) $("upload").reset();
};

function showFindings() {
  const value = found;
  list("findings", value.error ? [value] : [{ code: value.verdict, tier: value.verdict, message: { en: `${value.sku}: ${t(value.verdict)}`, zh: `${value.sku}：${t(value.verdict)}` } }, ...value.findings],
    (f) => [f.error ?? f.message[column ? "zh" : "en"], f.code ?? "", f.error ? "refused" : f.tier]);
}

if (location.hash.includes("token")) history.replaceState(null, "", location.pathname); // the secret does not stay in the address
translate();
tick();
