// @ts-check
// Questions and answers in writing; says when the spoken answer is on.
import { language, t } from "./strings.js";

export class Chat {
  /** @param {HTMLElement} log @param {HTMLFormElement} form @param {HTMLInputElement} input @param {(message: any) => void} send */
  constructor(log, form, input, send) {
    this.log = log;
    this.send = send;
    this.count = 0;
    /** @type {Map<string, HTMLElement>} */ this.asked = new Map();
    /** @type {{at: number, id: string, until: number}[]} */ this.spoken = [];
    form.onsubmit = (event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (!text) return;
      input.value = "";
      this.ask(text);
    };
  }

  /** @param {string} text */
  ask(text) {
    const id = `p${Date.now().toString(36)}-${++this.count}`;
    this.line("mine", text);
    this.send({ type: "ask", id, text, language: language.slice(0, 35) });
    return id;
  }

  /** @param {string} kind @param {string} words @param {string} [lang] */
  line(kind, words, lang = "") {
    const node = document.createElement("div");
    node.className = kind;
    node.textContent = words; // viewers' and answers' words are text, never markup
    if (lang) node.lang = lang;
    this.log.append(node);
    while (this.log.children.length > 200) this.log.firstChild?.remove();
    this.log.scrollTop = this.log.scrollHeight;
    return node;
  }

  /** @param {string} words */
  note(words) {
    this.line("theirs", words);
  }

  /** @param {any} m */
  answer(m) {
    const node = this.line("theirs", m.text, m.language);
    node.dataset.question = m.question_id;
    const small = document.createElement("small");
    small.textContent = m.refusal ? t("noted") : [m.citations.length ? `${t("source")}: ${m.citations.map((/** @type {any} */ c) => c.id).join(", ")}` : "", m.queued ? t("queued") : ""].filter(Boolean).join(" · ");
    node.append(small);
    this.asked.set(m.question_id, node);
    this.log.scrollTop = this.log.scrollHeight;
  }

  /** @param {string} id @param {number} at */
  answering(id, at) {
    this.spoken = [...this.spoken.slice(-5), { id, at, until: at + 48000 * 9 }];
  }

  /** @param {string} _id @param {string} reason */
  refused(_id, reason) {
    this.note(t(reason));
  }

  /** @param {number} now */
  isAnswering(now) {
    return this.spoken.some((s) => s.at <= now && now < s.until);
  }

  /** @param {number} now */
  tick(now) {
    for (const { id, at, until } of this.spoken) {
      const node = this.asked.get(id);
      if (!node) continue;
      const live = at <= now && now < until;
      if (live !== node.classList.contains("live")) {
        node.classList.toggle("live", live);
        const small = node.querySelector("small");
        if (small && live) small.textContent = t("answering");
      }
    }
  }
}
