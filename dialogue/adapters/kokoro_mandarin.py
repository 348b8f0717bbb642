"""Mandarin for Kokoro: characters become words of IPA with tone arrows, as its Mandarin voices were trained."""

from __future__ import annotations

import re

from dialogue.adapters.timeline import SpokenWord

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘"}  # the neutral tone has no sign
# Initials in Hanyu Pinyin (ISO 7098) and their sounds; palatals and retroflexes have one sign of their own in Kokoro.
_INITIALS = {
    "zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ", "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l",
    "g": "k", "k": "kʰ", "h": "x", "j": "ʨ", "q": "ʨʰ", "x": "ɕ", "r": "ɻ", "z": "ʦ", "c": "ʦʰ", "s": "s",
}  # fmt: skip
# Finals as (before the tone, after it); v is ü. Written as after an initial: pypinyin's strict finals.
_FINALS = {
    "a": ("a", ""), "o": ("wo", ""), "e": ("ɤ", ""), "ê": ("ɛ", ""), "er": ("ɚ", ""), "ai": ("ai", ""), "ei": ("ei", ""),
    "ao": ("au", ""), "ou": ("ou", ""), "an": ("a", "n"), "en": ("ə", "n"), "ang": ("a", "ŋ"), "eng": ("ə", "ŋ"),
    "ong": ("ʊ", "ŋ"), "i": ("i", ""), "ia": ("ja", ""), "ie": ("je", ""), "iao": ("jau", ""), "iou": ("jou", ""),
    "ian": ("jɛ", "n"), "in": ("i", "n"), "iang": ("ja", "ŋ"), "ing": ("i", "ŋ"), "iong": ("jʊ", "ŋ"), "io": ("jo", ""),
    "u": ("u", ""), "ua": ("wa", ""), "uo": ("wo", ""), "uai": ("wai", ""), "uei": ("wei", ""), "uan": ("wa", "n"),
    "uen": ("wə", "n"), "uang": ("wa", "ŋ"), "ueng": ("wə", "ŋ"), "v": ("y", ""), "ve": ("ɥe", ""), "van": ("ɥɛ", "n"),
    "vn": ("y", "n"),
}  # fmt: skip
_BUZZED = frozenset(("zh", "ch", "sh", "r", "z", "c", "s"))  # after these, i is the consonant's own buzz
_GLIDES = "jwɥ"
_LITTLE = frozenset("的了着过地得吗呢吧啊在是有和与或就都也很太更最不没我你您他她它们这那哪个件只把被给从到对为会能要想请让")


def mandarin_words(text: str) -> list[SpokenWord]:
    """Words of a Chinese text with their phones, tone arrows at the vowels. Signs go with the word before them."""
    from pypinyin import Style, lazy_pinyin
    from pypinyin.seg.mmseg import seg

    words = _paired([w for w in seg.cut(text) if w])
    initials = lazy_pinyin(words, style=Style.INITIALS, strict=True, errors="ignore")
    finals = lazy_pinyin(words, style=Style.FINALS_TONE3, strict=True, neutral_tone_with_five=True, errors="ignore")
    syllables = list(zip(initials, finals, strict=True))
    out: list[SpokenWord] = []
    at = 0
    for word in words:
        count = sum(map(len, HAN.findall(word)))
        phones = tuple(phone for syllable in syllables[at : at + count] for phone in syllable_phones(*syllable))
        if phones or not out:
            out.append((word, phones))
        else:
            out[-1] = (out[-1][0] + word, out[-1][1])
        at += count
    return out


def _paired(words: list[str]) -> list[str]:
    """Neighbouring single characters make one word, unless they are little words of their own: most words have two."""
    out: list[str] = []
    open_pair = False
    for word in words:
        single = len(word) == 1 and bool(HAN.match(word)) and word not in _LITTLE
        if single and open_pair:
            out[-1] += word
            open_pair = False
        else:
            out.append(word)
            open_pair = single
    return out


def syllable_phones(initial: str, final: str) -> tuple[str, ...]:
    """Phones of a syllable, strict pinyin with the tone's number at the end ("x", "iang3"); () for what is no pinyin."""
    plain, tone = (final[:-1], _TONES.get(final[-1], "")) if final[-1:].isdigit() else (final, "")
    plain = plain.replace("ü", "v")
    if plain == "i" and initial in _BUZZED:
        return (_INITIALS[initial], "ɨ" + tone)
    if plain not in _FINALS:
        return ()
    vowel, coda = _FINALS[plain]
    head = (_INITIALS[initial],) if initial else ()
    glide = (vowel[0],) if vowel[0] in _GLIDES else ()
    return (*head, *glide, vowel[len(glide) :] + tone, *((coda,) if coda else ()))
