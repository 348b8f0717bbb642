"""Arabic: one and two of a thing are said by the thing's own form ("دولاران", "بسعر دولارين", "قطعة واحدة"), three to
ten ask for its plural, two hundred and two thousand lose an ending before it. Other numbers are left to the voice. Pure."""

from __future__ import annotations

import re

from dialogue.form import Form, form

_THINGS = {  # one: many; other ways in which shops write it
    "دولار": "دولارات", "ريال": "ريالات", "درهم": "دراهم", "جنيه": "جنيهات", "دينار": "دنانير", "ليرة": "ليرات", "سنت": "سنتات",
    "كيلوغرام": "كيلوغرامات", "كيلو": "كيلوات", "غرام": "غرامات", "جرام": "جرامات", "لتر": "لترات", "متر": "أمتار",
    "سنتيمتر": "سنتيمترات", "مليمتر": "مليمترات", "كيلومتر": "كيلومترات", "بوصة": "بوصات",
    "يوم": "أيام", "أسبوع": "أسابيع", "شهر": "أشهر", "سنة": "سنوات", "عام": "أعوام", "ساعة": "ساعات", "دقيقة": "دقائق",
    "قطعة": "قطع", "حبة": "حبات", "علبة": "علب", "شخص": "أشخاص", "لون": "ألوان", "مقاس": "مقاسات", "حجم": "أحجام",
    "جهاز": "أجهزة", "مصباح": "مصابيح", "حقيبة": "حقائب", "زجاجة": "زجاجات", "كوب": "أكواب", "طقم": "أطقم", "مرة": "مرات",
    "منتج": "منتجات", "درجة": "درجات", "كرسي": "كراسي", "منفذ": "منافذ", "جيب": "جيوب", "طبقة": "طبقات", "سرعة": "سرعات",
    "كابل": "كابلات", "سماعة": "سماعات", "بطارية": "بطاريات", "غرفة": "غرف", "قميص": "قمصان", "شاحن": "شواحن",
}  # fmt: skip
_SHORT = {"سم": "سنتيمتر", "مم": "مليمتر", "كم": "كيلومتر", "كجم": "كيلوغرام", "كغ": "كيلوغرام", "غ": "غرام", "م": "متر",
          "kg": "كيلوغرام", "g": "غرام", "cm": "سنتيمتر", "mm": "مليمتر", "km": "كيلومتر", "l": "لتر", "L": "لتر", "m": "متر",
          "$": "دولار", "USD": "دولار", "SAR": "ريال", "AED": "درهم", "EGP": "جنيه", "KWD": "دينار", "ر.س": "ريال",
          "د.إ": "درهم", "ج.م": "جنيه", "د.ك": "دينار"}  # fmt: skip
_ONE_OF = {many: one for one, many in _THINGS.items()} | {"شهور": "شهر", "سنين": "سنة"}
_BEFORE = r"\$|USD|SAR|AED|EGP|KWD"
_WORD = "|".join(re.escape(w) for w in sorted((*_THINGS, *_ONE_OF, *_SHORT), key=len, reverse=True))
# Behind these it is the subject or said of it: "السعر دولاران", "سعرها دولاران"; behind all other words it is governed.
_SUBJECT = re.compile(r"(?:^|[.!?؟،:\n]\s*|(?:^|\s)(?:و?ال[\u0621-\u064a]+|[\u0621-\u064a]{2,}(?:ه|ها|هما|هم)|هو|هي|و"
                      r"|بقيت?|تبقت?ى?|يتوفر|توجد|يوجد|هناك|لدينا|متوفر)\s)$")
_GOVERNS = re.compile(r"(?:^|\s)(?:منه|فيه|عليه|له|به|منها|فيها|عليها|لها|بها)\s$")


def dual(thing: str, subject: bool) -> str:
    """Two of it."""
    stem = thing[:-1] + "ت" if thing.endswith("ة") else thing
    return stem + ("ان" if subject else "ين")


def _is_subject(before: str) -> bool:
    return _SUBJECT.search(before) is not None and _GOVERNS.search(before) is None


def _counted(match: re.Match[str], base: str) -> str | None:
    word, number = match["word"], int(match["n"])
    thing = _SHORT.get(word) or _ONE_OF.get(word) or word
    subject = _is_subject(match.string[: match.start()])
    if number == 1:
        return f"{thing} {'واحدة' if thing.endswith('ة') else 'واحد'}"
    if number == 2:
        return dual(thing, subject)
    if number in (200, 2000):
        return f"{'مئت' if number == 200 else 'ألف'}{'ا' if subject else 'ي'} {thing}"
    return f"{number} {_THINGS[thing]}"


def _great(match: re.Match[str], base: str) -> str:
    """"2 مليون ريال", "5 ألف"."""
    word, number = match["word"], int(match["n"])
    if number == 2:
        return f"{word}{'ا' if _is_subject(match.string[: match.start()]) else 'ي'}"
    return f"{number} {'آلاف' if word == 'ألف' else 'ملايين'}"


_COUNT = r"(?P<n>[1-9]|10|200|2000)"
ARABIC_COUNTS: tuple[Form, ...] = (
    form("ar", r"(?<![\d.,/:-])(?P<n>[2-9]|10) (?P<word>ألف|مليون)(?=\s[\u0621-\u064a]{3,})", _great),
    form("ar", rf"(?<![\d.,/:A-Za-z\u0621-\u064a-])(?<!\d\s){_COUNT}\s?(?P<word>{_WORD})(?![\w\u064b-\u0652])(?!\s?/)",
         _counted),
    form("ar", rf"(?P<word>{_BEFORE})\s?{_COUNT}(?![\d.,]*\d|\s?[-–%])", _counted),
)
