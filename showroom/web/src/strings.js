// @ts-check
// What shoppers and operators read, English and Chinese side by side.
const WORDS = {
  tap: ["Tap to join with sound", "点按进入，开启声音"], tap_more: ["You can look around without it, too", "不开声音也可以逛"],
  walk: ["Walk", "逛店"], watch: ["Watch", "看直播"], follow: ["Follow", "跟随直播"], host: ["Host", "找主播"],
  products: ["Products", "商品"], back: ["Back to the room", "返回展厅"], ask: ["Ask", "提问"],
  placeholder: ["Ask about what you see …", "想了解什么？请提问……"],
  how: ["Drag to look around, tap the floor to walk there, tap a product to turn it over. Arrow keys or W A S D walk, Escape goes back.",
        "拖动环视，点地面走过去，点商品可旋转查看。方向键或 W A S D 行走，Esc 返回。"],
  connecting: ["Connecting …", "正在连接……"], lost: ["The connection was lost; coming back …", "连接断开，正在恢复……"], slate: ["Back in a moment", "马上回来"],
  mute_on: ["Turn sound off", "静音"], mute_off: ["Turn sound on", "开声音"],
  queued: ["She will also answer aloud", "主播稍后会口头回答"], answering: ["Answering you now", "正在回答你"], later: ["The team has found out:", "团队查到了："], noted: ["Noted for the team", "已转告团队"],
  empty_log: ["Ask about anything you see. The answer comes here at once, and aloud when it is your turn.", "看到什么都可以问。文字回答马上就到，轮到你时主播会口头回答。"],
  answered: ["Answered aloud", "已口头回答"], picture: ["The showroom with the presenter", "展厅与主播"],
  hint: ["Drag to look around · tap the floor to walk · tap a product to pick it up", "拖动环视 · 点地面走动 · 点商品拿起细看"],
  try_1: ["Is it waterproof?", "防水吗？"], try_2: ["How heavy is it?", "有多重？"], try_3: ["How do I return it?", "怎么退货？"],
  full_house: ["The showroom is full; trying again …", "展厅人满，正在重试……"],
  source: ["Source", "来源"], too_fast: ["One question every five seconds, please.", "请每五秒提一个问题。"], full: ["Too many questions are waiting; try again soon.", "排队的问题太多，请稍后再试。"],
  too_long: ["Please ask it in fewer words.", "请把问题说短一点。"], empty: ["Please type a question.", "请输入问题。"],
  stock: ["in stock", "有货"], sold_out: ["sold out", "售罄"], size: ["Size", "尺寸"], buy: ["Buy", "购买"], variants: ["Colours", "颜色"], apart: ["Take apart", "拆开看"], compare: ["Compare with …", "与其他商品对比……"], ar: ["3D file for AR", "AR 三维文件"], in_room: ["See it in your room", "放进你的房间看看"],
  no_3d: ["This device cannot draw 3D; here is the video.", "此设备无法显示 3D，已切换到视频。"], no_decoder: ["This browser cannot play the sound; the captions stay on.", "此浏览器无法播放声音，字幕会继续显示。"],
  no_sound: ["Sound needs https or localhost on this browser.", "此浏览器需要 https 才能播放声音。"],
};

export const language = (new URLSearchParams(location.search).get("lang") || navigator.language || "en").toLowerCase();
const column = language.startsWith("zh") ? 1 : 0;

/** @param {string} key */
export function t(key) {
  return /** @type {Record<string, string[]>} */ (WORDS)[key]?.[column] ?? key;
}

export function translatePage() {
  document.documentElement.lang = column ? "zh" : "en";
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(/** @type {HTMLElement} */ (node).dataset.t ?? "");
}
