"""The process that speaks with espeak-ng. Started by dialogue.adapters.espeak; talks over stdin and stdout."""

from __future__ import annotations

from typing import Any

from avatar.speech import RATE_HZ as SPEECH_HZ
from dialogue.adapters.arabic import vocalised
from dialogue.adapters.espeak_events import ipa_phones, phones_from, words_from
from dialogue.adapters.espeak_library import RATE_HZ, EspeakLibrary, Tone
from dialogue.adapters.japanese import Reading, readings, written_words
from dialogue.adapters.worker_messages import serve
from dialogue.polish import finished


class EspeakHandler:
    """Requests: {"op": "speak", "text", "language", "tone": {...}}, the same with "timeline" for times without sound, or
    {"op": "phones", "words", "language", "tone"}."""

    def __init__(self, library: EspeakLibrary) -> None:
        self._library = library

    def __call__(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """The reply and, for "speak", the sound as int16 at 48 kHz."""
        tone = Tone(**request["tone"])
        if request["op"] == "phones":
            said = request["words"]
            if request["language"].startswith("ar"):  # vowels depend on the words around
                said = [vowels for _, vowels in vocalised(" ".join(w.replace(" ", "") for w in said))] or said
            if _is_thai(request["language"]):
                return {"words": [self._thai_phones(word, tone) for word in said]}, b""
            named = [self._library.phonemes(word, tone) for word in said]
            return {"words": [[p for part in word for n in part for p in ipa_phones(n) if p] for word in named]}, b""
        read = _read(request["text"], request["language"])
        text = " ".join(said for _, said in read) if read else request["text"]
        raw, events = self._library.synthesise(text, tone, named=_is_thai(request["language"]))
        phones = phones_from(events, len(raw))
        words = words_from(events, text, "spaced" if read else request["language"], phones)
        if read:
            words = written_words(words, text, read)
        if request["op"] == "timeline":
            return {"phones": [[p.ipa, p.start_s, p.end_s] for p in phones],
                    "words": [[w.text, w.start_s, w.end_s] for w in words]}, b""
        sound = finished(raw, RATE_HZ, warm=True)
        end_s = len(sound) / SPEECH_HZ  # resampling rounds the length to a sample
        reply = {
            "phones": [[p.ipa, p.start_s, min(p.end_s, end_s)] for p in phones],
            "words": [[w.text, w.start_s, min(w.end_s, end_s)] for w in words],
        }
        return reply, sound.tobytes()

    def _thai_phones(self, word: str, tone: Tone) -> list[str]:
        from dialogue.adapters.thai import thai_words

        raw, events = self._library.synthesise(" ".join(said for _, said in thai_words(word)), tone, named=True)
        return [phone.ipa for phone in phones_from(events, len(raw)) if phone.ipa]


def _read(text: str, language: str) -> list[Reading]:
    """How a text is read that espeak reads badly itself; [] for any other."""
    if _is_thai(language):
        from dialogue.adapters.thai import thai_words  # its spelling rules take a tenth of a second to load

        return thai_words(text)
    base = language.split("-")[0].lower()
    return {"ja": readings, "ar": vocalised}.get(base, lambda text: [])(text)


def _is_thai(language: str) -> bool:
    return language.split("-")[0].lower() == "th"


if __name__ == "__main__":
    espeak = EspeakLibrary()
    serve(EspeakHandler(espeak), cancel=espeak.cancel, nice=-5)  # the quick voice of a busy machine: 30 ms of work a clause
