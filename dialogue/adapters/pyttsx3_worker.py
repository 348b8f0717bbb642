"""The process that speaks through pyttsx3. Started by dialogue.adapters.pyttsx3_voice; talks over stdin and stdout.

pyttsx3's espeak driver, as used here: the library must be loaded before the import; one file for each engine (of several
queued files it writes the last only, issues #170 and #283); the text may not be empty; it prints, which goes to stderr.
"""

from __future__ import annotations

import ctypes
import os
import tempfile
from pathlib import Path
from typing import Any

from dialogue.adapters.japanese import readings
from dialogue.adapters.worker_messages import serve


def load_espeak() -> None:
    """Make pyttsx3 find the espeak-ng that a package brings. Without the data path the library would call exit()."""
    import espeakng_loader

    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    ctypes.CDLL(espeakng_loader.get_library_path(), ctypes.RTLD_GLOBAL)


class Pyttsx3Handler:
    """Requests: {"text", "voice", "rate_wpm", "words": [[text, [ipa..]]..]}."""

    def __init__(self) -> None:
        import pyttsx3

        self._pyttsx3 = pyttsx3

    def __call__(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """One sentence, one engine, one file. {"phones", "words"} and the sound as int16 at 48 kHz."""
        import soundfile

        from avatar.aligner import align_words
        from avatar.speech import RATE_HZ
        from dialogue.polish import finished

        with tempfile.TemporaryDirectory(prefix="nightwindow-") as folder:
            path = Path(folder) / "speech.wav"
            self._write(request, path)
            raw, rate_hz = soundfile.read(path, dtype="int16")
        sound = finished(raw, rate_hz, warm=True)
        phones, words = align_words(sound, RATE_HZ, [(text, tuple(ipas)) for text, ipas in request["words"]])
        return {"phones": [[p.ipa, p.start_s, p.end_s] for p in phones],
                "words": [[w.text, w.start_s, w.end_s] for w in words]}, sound.tobytes()

    def _write(self, request: dict[str, Any], path: Path) -> None:
        engine = self._pyttsx3.init()
        try:
            engine.setProperty("voice", request["voice"])
            engine.setProperty("rate", request["rate_wpm"])
            engine.save_to_file(_readable(request["text"], request["voice"]), str(path))
            engine.runAndWait()
        finally:
            engine.stop()
            getattr(self._pyttsx3, "_activeEngines", {}).clear()  # init() would give the used engine back
        if not path.is_file() or path.stat().st_size <= 44:  # a WAV header alone
            raise RuntimeError("pyttsx3 wrote no sound")


def _readable(text: str, voice: str) -> str:
    """Japanese in katakana: espeak behind pyttsx3 cannot read kanji either."""
    return " ".join(kana for _, kana in readings(text)) if voice.startswith("ja+") else text


if __name__ == "__main__":
    load_espeak()
    serve(Pyttsx3Handler())
