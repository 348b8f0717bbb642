"""The process that speaks with Kokoro. Started by dialogue.adapters.kokoro; talks over stdin and stdout."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.aligner import align_words
from avatar.speech import RATE_HZ
from dialogue.adapters.japanese import japanese_words
from dialogue.adapters.kokoro_mandarin import mandarin_words
from dialogue.adapters.kokoro_model import MAX_SIGNS, PARTS_VARIABLE, KokoroModel
from dialogue.adapters.kokoro_model import RATE_HZ as MODEL_HZ
from dialogue.adapters.kokoro_symbols import signs_of
from dialogue.adapters.timeline import SpokenWord
from dialogue.adapters.worker_messages import serve
from dialogue.polish import finished, sounding

HEAD_S, TAIL_S = 0.03, 0.08  # of the silence around the sentence; the model leaves some 0.3 s at each end


class KokoroHandler:
    """Requests: {"words": [[text, [ipa..] | null, accent]..], "voice", "speed"}; null stands for Mandarin and Japanese,
    which are read here: their dictionaries are too large for the host."""

    def __init__(self, model: KokoroModel) -> None:
        self._model = model

    def __call__(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """{"phones", "words"} and the sound as int16 at 48 kHz."""
        words: list[SpokenWord] = []
        accents: list[str] = []
        for text, ipas, accent in request["words"]:
            reader = japanese_words if accent == "ja" else mandarin_words
            words += reader(text) if ipas is None else [(text, tuple(ipas))]
            accents += [accent] * (len(words) - len(accents))
        raw = self._said(words, accents, request)
        self._model.go_on()
        sound = finished(raw, MODEL_HZ, warm=False)
        first, last = sounding(sound)
        sound = sound[int(max(0.0, first - HEAD_S) * RATE_HZ) : int((last + TAIL_S) * RATE_HZ)]
        self._model.go_on()  # on a busy machine each of these steps keeps the next sentence waiting for a tenth of a second
        phones, timed = align_words(sound, RATE_HZ, words)
        return {"phones": [[p.ipa, p.start_s, p.end_s] for p in phones],
                "words": [[w.text, w.start_s, w.end_s] for w in timed]}, sound.tobytes()

    def _said(self, words: list[SpokenWord], accents: list[str], request: dict[str, Any]) -> NDArray:
        """The raw sound; words that are too many for the model at once are said one half after the other."""
        signs = "".join(s.text for s in signs_of(words, accents, self._model.signs))
        if not signs.strip():
            raise ValueError("nothing of this can be said")
        if len(signs) > MAX_SIGNS:
            if len(words) < 2:
                raise ValueError(f"one word of {len(signs)} signs; the model takes {MAX_SIGNS}")
            half = len(words) // 2
            return np.concatenate([self._said(words[:half], accents[:half], request),
                                   self._said(words[half:], accents[half:], request)])
        return self._model.say(signs, request["voice"], request["speed"])[0]


def main() -> None:
    """Load the model, then serve."""
    folders = {name: Path(folder) for name, folder in json.loads(os.environ[PARTS_VARIABLE]).items()}
    model = KokoroModel(folders)
    serve(KokoroHandler(model), cancel=model.cancel, begin=model.begin)


if __name__ == "__main__":
    main()
