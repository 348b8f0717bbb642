// @ts-check
// What shoppers read, in the language of their choice: English is part of the page, the others are fetched, one file each.
import english from "../strings/en.json";

/** Languages that the page speaks, each by its own name: a shopper who reads no other finds hers. */
export const LANGUAGES = {
  en: "English", zh: "中文", ja: "日本語", es: "Español", fr: "Français", de: "Deutsch", pt: "Português", it: "Italiano", hi: "हिन्दी",
  ar: "العربية", ru: "Русский", id: "Bahasa Indonesia", th: "ไทย", vi: "Tiếng Việt",
};
const FROM_THE_RIGHT = ["ar"];
const WAIT_MS = 4000; // for a file of 5 kB; a page in English now is better than none

/** @param {string} tag */
const baseOf = (tag) => tag.toLowerCase().split("-")[0];

function chosen() {
  const query = new URLSearchParams(location.search);
  let kept = null;
  try {
    kept = localStorage.getItem("language");
  } catch { /* storage may be forbidden */ }
  const asked = [query.get("language"), query.get("lang"), kept, ...navigator.languages, navigator.language];
  return asked.find((tag) => tag && tag.length <= 35 && Object.hasOwn(LANGUAGES, baseOf(tag)))?.toLowerCase() ?? "en";
}

export const language = chosen(); // BCP 47, small letters; may name a region
export const base = baseOf(language);
export const fromTheRight = FROM_THE_RIGHT.includes(base);

/** For numbers and prices: one kind of digits on a page, that of the facts and of the anchor's captions. */
export const numbers = locale();

function locale() {
  try {
    return new Intl.Locale(language, { numberingSystem: "latn" }).toString();
  } catch {
    return `${base}-u-nu-latn`; // "de_de" and the like
  }
}

/** @type {Record<string, string>} */ let words = english;

/** Fetch the words of this page's language. In English where they do not come. */
export async function loadWords() {
  if (base === "en") return;
  try {
    const reply = await fetch(`/web/strings/${base}.json`, { signal: AbortSignal.timeout(WAIT_MS) });
    if (reply.ok) words = { ...english, ...await reply.json() };
  } catch (error) {
    console.error(error);
  }
}

/** @param {string} key @param {Record<string, string | number>} [values] of its places in braces */
export function t(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}

export function translatePage() {
  const root = document.documentElement;
  root.lang = words === english ? "en" : language;
  root.dir = words !== english && fromTheRight ? "rtl" : "ltr";
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(/** @type {HTMLElement} */ (node).dataset.t ?? "");
}

/** Let the shopper choose; the choice is kept, and stands in the address, so that it goes with a link. @param {HTMLSelectElement} choice */
export function languageSwitch(choice) {
  choice.ariaLabel = choice.title = base === "en" ? t("language") : `${t("language")} · Language`;
  choice.append(...Object.entries(LANGUAGES).map(([tag, name]) => {
    const option = document.createElement("option");
    Object.assign(option, { value: tag, textContent: name, lang: tag, selected: tag === base });
    return option;
  }));
  choice.onchange = () => {
    try {
      localStorage.setItem("language", choice.value);
    } catch { /* the address has it */ }
    const there = new URL(location.href);
    there.searchParams.delete("lang");
    there.searchParams.set("language", choice.value);
    location.replace(there);
  };
}
