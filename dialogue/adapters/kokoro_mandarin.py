"""Mandarin for Kokoro: characters become words of IPA with tone arrows, as its Mandarin voices were trained."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

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
# Characters with several readings as a shop says them; pypinyin's phrases lack these, and its first guess is another one.
_READINGS = {
    **{f"{count}只": f"{read} zhī" for count, read in (
        ("这", "zhè"), ("那", "nà"), ("哪", "nǎ"), ("每", "měi"), ("几", "jǐ"), ("一", "yì"), ("两", "liǎng"), ("三", "sān"),
        ("四", "sì"), ("五", "wǔ"), ("六", "liù"), ("七", "qī"), ("八", "bā"), ("九", "jiǔ"), ("十", "shí"), ("百", "bǎi"))},
    "量一下": "liáng yí xià", "量一量": "liáng yì liáng", "量尺寸": "liáng chǐ cùn", "背着": "bēi zhe", "可背": "kě bēi",
    "单肩背": "dān jiān bēi", "双肩背": "shuāng jiān bēi", "调光": "tiáo guāng", "可调": "kě tiáo", "调亮": "tiáo liàng",
    "调暗": "tiáo àn", "三折": "sān zhé", "五折": "wǔ zhé", "八折": "bā zhé", "九折": "jiǔ zhé", "打折": "dǎ zhé",
    "卷尺": "juǎn chǐ", "长宽高": "cháng kuān gāo", "长约": "cháng yuē", "干得快": "gān de kuài", "晾干": "liàng gān",
    "还您": "huán nín", "退还": "tuì huán", "重做": "chóng zuò", "重约": "zhòng yuē", "净重": "jìng zhòng", "得放": "děi fàng",
}  # fmt: skip
_LITTLE = frozenset("的了着过地得吗呢吧啊在是有和与或就都也很太更最不没我你您他她它们这那哪个件只把被给从到对为会能要想请让")


def mandarin_words(text: str) -> list[SpokenWord]:
    """Words of a Chinese text with their phones, tone arrows at the vowels. Signs go with the word before them."""
    from pypinyin import Style, lazy_pinyin

    words = _paired([w for w in _cutter().cut(text) if w])
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


@lru_cache(maxsize=1)
def _cutter() -> Any:
    """pypinyin's own, which knows the readings of shops, too."""
    from pypinyin import load_phrases_dict
    from pypinyin.seg import mmseg

    load_phrases_dict({word: [[syllable] for syllable in read.split()] for word, read in _READINGS.items()})
    mmseg.retrain(mmseg.seg)
    return mmseg.seg


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
