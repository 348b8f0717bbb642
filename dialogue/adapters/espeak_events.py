"""espeak's events as phones and words in seconds. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from avatar.speech import Phone, Word
from dialogue.adapters.espeak_library import PHONEME, RATE_HZ, WORD, Event
from dialogue.spoken_words import UNSPACED

# espeak writes some phonemes by its own names even when asked for IPA (Mandarin, Russian, French).
_OWN_NAMES: dict[str, tuple[str, ...]] = {
    "ts.": ("ʈʂ",), "ts.h": ("ʈʂʰ",), "s.": ("ʂ",), "tsh": ("tsʰ",), "tɕh": ("tɕʰ",), "kh": ("kʰ",), "th": ("tʰ",),
    "ph": ("pʰ",), "o-": ("ɤ",), "i.": ("ɨ",), "i̪": ("ɨ",), "ŋ-": ("ŋ",), "onɡ": ("ʊ", "ŋ"), 'u"': ("ʉ",), "ə-": ("ə",),
    "yæ": ("y", "æ"), "yə": ("y", "ə"), "yɛ": ("y", "ɛ"),
}
_STRESS = "ˈˌ"
_TONE = re.compile(r"[0-9ɜ]+$(?<=..)")  # "ei5": Mandarin and Vietnamese tones; a lone ɜ is a vowel
_SWITCH = re.compile(r"\([a-z-]+\)")  # "(en)": another language's rules from here on
_NOT_WORD = re.compile(r"[\s\W_]+", re.UNICODE)


def ipa_phones(name: str) -> tuple[str, ...]:
    """espeak's name of a phoneme as IPA, stress mark kept; () for a language switch, ("",) for a pause."""
    bare = _TONE.sub("", _SWITCH.sub("", name))
    if not bare.strip(_STRESS + "_:"):
        return ("",) if not name or not _SWITCH.search(name) else ()
    stress = bare[0] if bare[0] in _STRESS else ""
    own = _OWN_NAMES.get(bare.lstrip(_STRESS))
    return (stress + own[0], *own[1:]) if own else (bare,)


def phones_from(events: Sequence[Event], samples: int) -> tuple[Phone, ...]:
    """Phones in order that fill the sound from its first sample to its last. samples: length of the sound."""
    starts: list[tuple[int, tuple[str, ...]]] = []
    for event in events:
        if event.type == PHONEME and (ipa := ipa_phones(event.ipa)):
            starts.append((min(event.sample, samples), ipa))
    if starts and starts[0][0] > 0:
        starts.insert(0, (0, ("",)))
    phones: list[Phone] = []
    for (start, ipa), end in zip(starts, [s for s, _ in starts[1:]] + [samples], strict=True):
        for i, one in enumerate(ipa):
            a, b = (start + (end - start) * j / len(ipa) for j in (i, i + 1))
            if b <= a:
                continue
            if phones and not one and not phones[-1].ipa:
                phones[-1] = Phone("", phones[-1].start_s, b / RATE_HZ)
            else:
                phones.append(Phone(one, a / RATE_HZ, b / RATE_HZ))
    return tuple(phones)


def words_from(events: Sequence[Event], text: str, language: str, phones: Sequence[Phone]) -> tuple[Word, ...]:
    """Words as they stand in `text`, each from its first phone to the next word or pause.

    A word without a letter or digit is dropped; what espeak splits ("79" into "seventy" and "nine") is one word.
    """
    starts: list[tuple[int, float]] = []
    for event in events:
        if event.type != WORD or event.position >= len(text):
            continue
        position = event.position
        if language.split("-")[0] not in UNSPACED:  # where words have no blanks, a word is what espeak groups
            while position and not text[position - 1].isspace():
                position -= 1
        if not starts or position > starts[-1][0]:
            starts.append((position, event.sample / RATE_HZ))
    end_s = phones[-1].end_s if phones else 0.0
    pauses = [phone.start_s for phone in phones if not phone.ipa]
    words = []
    for i, (position, start_s) in enumerate(starts):
        following, next_s = starts[i + 1] if i + 1 < len(starts) else (len(text), end_s)
        stop_s = min([p for p in pauses if start_s < p < next_s], default=next_s)
        written = text[position:following].strip()
        if _NOT_WORD.sub("", written) and stop_s > start_s:
            words.append(Word(written, start_s, stop_s))
    return tuple(words)
