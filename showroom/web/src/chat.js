// @ts-check
// Questions and answers in writing; says when the spoken answer is on.
import { language, t } from "./strings.js";

export class Chat {
  /** @param {HTMLElement} log @param {HTMLElement} tries first questions to tap @param {HTMLFormElement} form @param {HTMLInputElement} input @param {(message: any) => void} send */
  constructor(log, tries, form, input, send) {
    this.log = log;
    this.send = send;
    this.count = 0;
    /** @type {Map<string, HTMLElement>} */ this.asked = new Map();
    /** @type {{at: number, id: string}[]} */ this.spoken = [];
    this.tries = tries;
    tries.append(...["try_1", "try_2", "try_3"].map((key) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = t(key);
      button.onclick = () => this.ask(t(key));
      return button;
    }));
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
    this.tries.hidden = true;
    this.line("mine", text);
    this.send({ type: "ask", id, text, language: language.slice(0, 35) });
    return id;
  }

  /** @param {string} kind @param {string} words @param {string} [lang] */
  line(kind, words, lang = "") {
    const node = document.createElement("div");
    node.className = kind;
    node.textContent = words; // viewers' and answers' words are text, never markup
    node.dir = "auto"; // an Arabic answer on an English page ends with its full stop at the left
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
    if (m.later) this.line("mine", m.question); // what was asked may be long gone from the screen
    const node = this.line("theirs", m.later ? t("later", { text: m.text }) : m.text, m.language);
    node.dataset.question = m.question_id;
    const small = document.createElement("small");
    small.textContent = m.refusal ? t("noted") : [m.citations.length ? t("source", { ids: m.citations.map((/** @type {any} */ c) => c.id).join(", ") }) : "", m.queued ? t("queued") : ""].filter(Boolean).join(" · ");
    node.append(small);
    this.asked.set(m.question_id, node);
    this.log.scrollTop = this.log.scrollHeight;
  }

  /** @param {string} id @param {number} at */
  answering(id, at) {
    this.spoken = [...this.spoken.slice(-5), { id, at }];
  }

  /** @param {string} _id @param {string} reason */
  refused(_id, reason) {
    this.note(t(reason));
  }

  /** Marks the answer that is being said; true while one of this page's is. @param {import("./show.js").Show} show @param {number} now */
  tick(show, now) {
    let any = false;
    for (const { id, at } of this.spoken) {
      const live = at <= now && now < show.spokenUntil(at);
      any ||= live;
      const node = this.asked.get(id);
      if (!node || live === node.classList.contains("live")) continue;
      node.classList.toggle("live", live);
      const small = node.querySelector("small");
      if (small) small.textContent = live ? t("answering") : t("answered");
    }
    return any;
  }
}
