// @ts-check
// The list of products, and the sheet of the one that is turned over: price, facts, colours, size, where to buy.
import { cardLines, comparison } from "./overlay.js";
import { language, numbers, t } from "./strings.js";

const ROOM_ICON = "data:image/svg+xml," + encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" ' +
  'stroke="#10131c" stroke-width="2" stroke-linejoin="round"><path d="M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 12l8-4.5M12 12v9M12 12L4 7.5"/></svg>');
const inCm = new Intl.NumberFormat(numbers, { maximumFractionDigits: 1 });
/** @type {any[]} */ let shop = []; // all products, for comparing

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

/** @param {any} product */
export function nameOf(product) {
  return product.names[language] ?? product.names[language.slice(0, 2)] ?? product.names.en ?? Object.values(product.names)[0] ?? product.sku;
}

/** @param {any} product "" where none is set */
function priceOf(product) {
  if (!product.price) return "";
  const { amount, currency } = product.price;
  try {
    return new Intl.NumberFormat(numbers, { style: "currency", currency }).format(Number(amount));
  } catch {
    return `${amount} ${currency}`;
  }
}

/** The lines of a product's card as this shopper reads them: price and facts only where the card still says the product's own.
 * @param {any} product @param {string[]} lines title, price, "label: value" and the seller's words */
export function cardHere(product, lines) {
  const digits = (/** @type {string} */ text) => text.replace(/[^0-9]/g, "");
  const own = lines.length > 1 && product.price && digits(lines[1]) === digits(product.price.amount);
  const facts = product.facts.values();
  return [nameOf(product), ...lines.slice(1).map((line, i) => {
    if (i === 0 && own) return priceOf(product);
    const at = line.indexOf(": "), [label, value] = (at > 0 && facts.next().value) || [];
    return label && digits(value) === digits(line.slice(at)) ? `${label}: ${value}` : line;
  })];
}

/** @param {string} tag @param {string} words @param {string} [kind] */
function node(tag, words, kind = "") {
  const n = /** @type {any} */ (document.createElement(tag));
  n.textContent = words; // names come from files: text, never markup
  if (kind) n.className = kind;
  return n;
}

/** @param {any[]} products @param {string} onShow sku @param {(sku: string) => void} choose */
export function listProducts(products, onShow, choose) {
  shop = products;
  $("products").setAttribute("aria-label", t("products"));
  $("products").replaceChildren(...products.map((p) => {
    const button = node("button", nameOf(p));
    button.type = "button";
    button.dataset.sku = p.sku;
    button.classList.toggle("on-show", p.sku === onShow);
    button.append(node("em", priceOf(p)));
    if (p.price && p.price_note) button.append(node("small", p.price_note)); // the law wants it beside every price
    button.onclick = () => choose(p.sku);
    return button;
  }));
}

/** @param {any} product @param {string[]} looks names of its variants @param {string} look the one that shows @param {(look: string) => void} choose
 *  @param {boolean} apart whether it is taken apart now @param {(on: boolean) => void} [takeApart] nothing without 3D */
export function showSheet(product, looks, look, choose, apart, takeApart) {
  const sheet = $("facts");
  sheet.replaceChildren(node("h2", nameOf(product)));
  if (product.price) sheet.append(node("p", priceOf(product), "price"));
  if (product.price && product.price_note) sheet.append(node("p", product.price_note));
  for (const [label, value] of product.facts) sheet.append(told(label, value));
  sheet.append(told(t("size"), `${product.size_m.map((/** @type {number} */ v) => inCm.format(v * 100)).join(" × ")} cm`));
  sheet.append(...pointsOf(product));
  if (product.stock !== null) sheet.append(node("p", product.stock > 0 ? t("stock", { n: new Intl.NumberFormat(numbers).format(product.stock) }) : t("sold_out")));
  if (looks.length) {
    const row = node("div", "", "looks");
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", t("variants"));
    row.append(...looks.map((name) => {
      const button = node("button", product.variant_names?.[name] ?? name);
      button.type = "button";
      button.setAttribute("aria-pressed", String(name === look));
      button.onclick = () => {
        for (const other of row.children) other.setAttribute("aria-pressed", String(other === button));
        choose(name);
      };
      return button;
    }));
    sheet.append(row);
  }
  if (product.explode_m?.length && takeApart) {
    const button = node("button", t("apart"), "apart");
    button.type = "button";
    button.setAttribute("aria-pressed", String(apart));
    button.onclick = () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      takeApart(on);
    };
    sheet.append(button);
  }
  for (const item of product.evidence ?? []) {
    const box = node("div", "", "evidence");
    box.append(...cardLines(item.lines, "evidence"));
    sheet.append(box);
  }
  sheet.append(...comparing(product));
  sheet.append(...inYourRoom(product));
  const shopAt = checkoutOf(product);
  if (shopAt) {
    const link = node("a", t("buy"));
    Object.assign(link, { href: shopAt, target: "_blank", rel: "noopener" });
    sheet.append(link);
  }
  sheet.setAttribute("aria-label", nameOf(product));
}

/** A fact; its value keeps its own direction among words that run from the right. @param {string} label @param {string} value */
function told(label, value) {
  const line = node("p", `${label}: `);
  line.append(node("bdi", value));
  return line;
}

/** What speaks for it, in the shopper's language, else in English, else in the seller's own. @param {any} product */
function pointsOf(product) {
  const told = product.points ?? [], base = language.split("-")[0];
  const spoken = [base, "en", told[0]?.[1]].find((tag) => told.some((/** @type {string[]} */ p) => p[1].split("-")[0] === tag?.split("-")[0]));
  const mine = told.filter((/** @type {string[]} */ p) => p[1].split("-")[0] === spoken?.split("-")[0]);
  if (!mine.length) return [];
  const list = node("ul", "", "points");
  for (const [layer, , words] of mine) list.append(node("li", words, layer));
  return [list];
}

/** Where this shopper buys it: the region of the browser's language decides. @param {any} product */
export function checkoutOf(product) {
  const regions = [language, ...navigator.languages].map((tag) => tag.split("-").slice(1).find((part) => /^[a-z]{2}$/i.test(part))?.toUpperCase());
  return regions.map((region) => product.checkout_urls?.[region ?? ""]).find(Boolean) ?? product.checkout_url;
}

/** The product at true size in the shopper's own room: Quick Look on iPhones, Scene Viewer on Android, else its file.
 * @param {any} product */
function inYourRoom(product) {
  const link = node("a", "", "quiet room");
  if (product.usdz_url && link.relList?.supports?.("ar")) {
    const icon = /** @type {any} */ (document.createElement("img")); // Quick Look wants one picture in the link and nothing else
    Object.assign(icon, { src: ROOM_ICON, alt: t("in_room") });
    link.append(icon);
    link.rel = "ar";
    link.href = `${product.usdz_url}#allowsContentScaling=0`;
    link.dataset.words = t("in_room"); // shown by the style sheet
    return [link];
  }
  if (!product.ar_url) return [];
  if (/android/i.test(navigator.userAgent)) {
    link.textContent = t("in_room");
    link.href = sceneViewer(new URL(product.ar_url, location.href).href, nameOf(product), location.href);
  } else {
    link.textContent = t("ar");
    Object.assign(link, { href: product.ar_url, download: `${product.sku}.glb` });
  }
  return [link];
}

/** Source: Google, Scene Viewer intents. resizable=false: true size is the point. @param {string} file @param {string} title @param {string} back */
export function sceneViewer(file, title, back) {
  const asked = Object.entries({ file, mode: "ar_preferred", resizable: "false", title, link: back });
  const query = asked.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
  return `intent://arvr.google.com/scene-viewer/1.2?${query}#Intent;scheme=https;package=com.google.android.googlequicksearchbox;` +
    `action=android.intent.action.VIEW;S.browser_fallback_url=${encodeURIComponent(file)};end;`;
}

/** A choice of other products, and the table that it fills. @param {any} product */
function comparing(product) {
  const others = shop.filter((p) => p.sku !== product.sku);
  if (!others.length) return [];
  const choice = node("select", "", "compare"), place = node("div", "", "compared");
  choice.setAttribute("aria-label", t("compare"));
  choice.append(...[{ sku: "" }, ...others].map((p) => Object.assign(node("option", p.sku ? nameOf(p) : t("compare")), { value: p.sku })));
  choice.onchange = async () => {
    place.replaceChildren();
    if (!choice.value) return;
    const asked = choice.value, reply = await fetch(`/api/compare.json?a=${encodeURIComponent(product.sku)}&b=${encodeURIComponent(asked)}&language=${encodeURIComponent(language)}`);
    if (!reply.ok || choice.value !== asked) return;
    const { titles, rows } = await reply.json();
    place.replaceChildren(comparison(titles, rows));
  };
  return [choice, place];
}
