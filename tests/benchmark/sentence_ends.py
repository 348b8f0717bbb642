"""`python -m tests.benchmark.sentence_ends`: where sentences end, in fourteen languages: ours (dialogue.clauses) beside
pysbd and sentencex where they are installed (they are no part of this program). Shop texts of our own, hard on purpose; "|"
stands where a sentence ends. What ours was mended by is said in docs/decisions/0023-sentence-ends.md."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable

from dialogue.clauses import clauses

HARD: dict[str, tuple[str, ...]] = {
    "en": ("It costs $1,299.50 incl. tax.| Dr. Lee tested it, e.g. at 3.5 bar.",
           "Is it for the U.S. market?| Yes!| It ships Jan. 5.",
           "Model No. 5 has a 5.5 in. screen and weighs 2 lbs. without the stand.",
           "\"Is it safe?\" she asked.| It is.",
           "Write to help@shop.com or see www.shop.com/a.html for more.| Thanks.",
           "Wow...| what a lamp!| It works at 9 a.m. too.",
           "We sell lamps, bags, etc. for every home.| Inc. 1998 by J. R. Smith."),
    "de": ("Am 5. Mai kommt die neue Lampe.| Sie kostet z. B. 19,90 €.",
           "Das Kabel ist ca. 2,5 m lang, d. h. lang genug.| Gut, oder?",
           "Lieferung bzw. Abholung Mo. bis Fr. ab 9 Uhr.| Bis bald!",
           "Der 3. Platz ging an uns.| Nr. 7 ist ausverkauft."),
    "fr": ("M. Dupont l'a testé env. 3 fois.| C'est bien !",
           "Elle pèse 1,5 kg, p. ex. sans le pied.| Et le prix ?| 19,90 €.",
           "Voir art. 5 du contrat, etc. pour le reste.| Merci.", "« C'est beau ! » dit-elle.| Oui."),
    "es": ("Cuesta 1.299,50 € aprox. con IVA.| ¿Y el Sr. López?| Sí.",
           "Véase pág. 5, p. ej. la tabla núm. 3.| ¡Gracias!", "Pesa 2 kg.| Uds. pueden verla en la av. Reforma 10.",
           "Pregunte a la Dra. Ruiz.| Ella sabe."),
    "it": ("Il sig. Rossi l'ha provata.| Costa 19,90 € ca. con IVA.", "Vedi pag. 5 e art. 3.| Bene!| E il peso?",
           "La dott.ssa Bianchi la usa ogni giorno.| Anche noi.", "Lampade, borse ecc. per la casa.| Grazie."),
    "pt": ("O Sr. Silva testou, aprox. 3 vezes.| Custa R$ 1.299,50.",
           "Veja a pág. 5, p. ex. a tabela n.º 3.| Obrigado!", "A Dra. Lima gosta.| E a garantia?| Dois anos.",
           "Fica na av. Paulista, 10.| Venha!"),
    "ru": ("Лампа весит ок. 1,5 кг, т. е. совсем мало.| Да!", "Цена 1299 руб. с доставкой.| Это Nova 2.0.",
           "Москва, ул. Тверская, д. 5.| Ждём вас.", "Автор А. С. Иванов.| Это он.",
           "И т. д. и т. п. для дома.| Спасибо."),
    "id": ("Harganya Rp 1.299.500 termasuk PPN.| Hubungi Sdr. Budi di Jl. Merdeka No. 5.",
           "Lihat hlm. 5, dll. untuk info.| Terima kasih!", "Beratnya 1,5 kg.| Dr. Sari suka."),
    "vi": ("Giá 1.299.500 đ.| Liên hệ TP. Hồ Chí Minh, Q. 1.", "TS. Nam đã thử.| Nặng 1,5 kg.| Tốt chứ?"),
    "hi": ("यह 1,299.50 रुपये का है।| डॉ. शर्मा ने देखा।| ठीक है?", "श्री. वर्मा आए।| वज़न 1.5 किलो है।"),
    "ar": ("السعر 1,299.50 دولار.| هل هو آمن؟| نعم!", "الوزن 1.5 كغ.| د. سامي جربه.| شكرا؛ إلى اللقاء."),
    "zh": ("价格是1,299.50元。|重量1.5公斤。|好吗？", "“安全吗？”她问。|是的！", "请看 www.shop.com。|谢谢……|再见。",
           "型号No.5很好。|真的！！|买吧。"),
    "ja": ("価格は1,299.50円です。|重さは1.5kgです。", "「安全ですか？」と彼女は聞いた。|はい。",
           "すごい！！|本当に？|ええ…。|どうぞ。"),
    "th": ("ราคา 1,299.50 บาทค่ะ| น้ำหนัก 1.5 กก. ค่ะ| ขอบคุณค่ะ", "ใช้ได้ 5 ปีครับ| สนใจไหมครับ| สั่งเลย"),
}


def ours(text: str, language: str) -> set[int]:
    """Places in `text` after which dialogue.clauses begins another sentence."""
    at, out = 0, set()
    for clause in clauses(text, language):
        at += len(clause)
        if clause.rstrip().rstrip(_QUOTES)[-1:] in _ENDS or (language == "th" and not clause.rstrip().endswith(",")):
            out.add(_after(text, at))
    return out - {len(text)}


_ENDS = tuple(".!?…。！？।॥؟۔")
_QUOTES = "\"'”’»)]}）】」』》"


def _after(text: str, at: int) -> int:
    """The beginning of the next word."""
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _by_pysbd(text: str, language: str) -> set[int]:
    pysbd = importlib.import_module("pysbd")
    if language not in pysbd.languages.LANGUAGE_CODES:
        raise LookupError(language)
    spans = pysbd.Segmenter(language=language, clean=False, char_span=True).segment(text)
    return {_after(text, span.end) for span in spans} - {len(text)}


def _by_sentencex(text: str, language: str) -> set[int]:
    at, out = 0, set()
    for part in importlib.import_module("sentencex").segment(language, text):
        at = text.index(part.strip(), at) + len(part.strip())
        out.add(_after(text, at))
    return out - {len(text)}


def score(split: Callable[[str, str], set[int]]) -> dict[str, tuple[int, int, int]]:
    """Language -> ends found, ends there are, ends where none is."""
    out = {}
    for language, texts in HARD.items():
        found = there = wrong = 0
        for marked in texts:
            plain = marked.replace("|", "")
            ends = {_after(plain, sum(map(len, marked.split("|")[: n + 1]))) for n in range(marked.count("|"))}
            try:
                got = split(plain, language)
            except LookupError:
                break
            found, there, wrong = found + len(got & ends), there + len(ends), wrong + len(got - ends)
        else:
            out[language] = found, there, wrong
    return out


def main() -> None:
    """A line for each splitter and language."""
    for name, split in (("ours", ours), ("pysbd", _by_pysbd), ("sentencex", _by_sentencex)):
        try:
            start_s = time.process_time()
            by_language = score(split)
        except ImportError:
            print(f"{name}: not installed, left out")
            continue
        ms = 1000 * (time.process_time() - start_s) / sum(map(len, HARD.values()))
        total = [sum(column) for column in zip(*by_language.values(), strict=True)]
        print(f"{name}: {len(by_language)} languages, found {total[0]} of {total[1]}, wrong {total[2]}, {ms:.2f} ms a text")
        print("   " + "; ".join(f"{tag} {f}/{n} -{w}" for tag, (f, n, w) in by_language.items()))


if __name__ == "__main__":
    main()
