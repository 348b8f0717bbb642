"""WebVTT of a recording: every word at its time, nothing that did not sound, phrases kept together."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from showroom.webvtt import DENSE_CHARS, LINE_CHARS, LINES, SidecarError, read_sidecar, webvtt

pytestmark = pytest.mark.unit
STAMP = r"(\d\d):(\d\d):(\d\d)\.(\d{3})"


def clause(at_s: float, text: str, words: list[str], *, language: str = "en", id_: str = "u1", each_s: float = 0.3) -> dict:
    return {"at": 0, "file_s": at_s, "event": "utterance", "id": id_, "text": text, "language": language,
            "duration_s": each_s * len(words) + 0.2, "words": [(w, i * each_s, (i + 1) * each_s) for i, w in enumerate(words)]}


def cues(text: str) -> list[tuple[float, float, str]]:
    assert text.startswith("WEBVTT\n\n")
    found = re.findall(rf"{STAMP} --> {STAMP}\n(.*?)\n(?:\n|$)", text, re.S)

    def s(parts: tuple[str, ...]) -> float:
        h, m, sec, ms = map(int, parts)
        return h * 3600 + m * 60 + sec + ms / 1000

    return [(s(row[:4]), s(row[4:8]), row[8]) for row in found]


def plain(text: str) -> str:
    return re.sub(r"<[^>]*>", "", text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_word_is_there_at_its_time(language: str) -> None:
    rng = random.Random()
    joint, limit = ("", DENSE_CHARS) if language == "zh" else (" ", LINE_CHARS)
    bag = "灯 很 轻 可以 调光 三档 保修 两年" if language == "zh" else "lamp weighs light brass dims warm slowly evening"
    for _ in range(20):
        start_s = rng.uniform(0, 40_000)
        words = [rng.choice(bag.split()) for _ in range(rng.randint(1, 40))]
        written = joint.join(w + rng.choice(["", "", ","]) for w in words) + "."
        found = cues(webvtt([clause(start_s, written, words, language=language)]))
        lines = [line for _, _, body in found for line in plain(body).split("\n")]
        assert joint.join(lines).replace(" ", "") == written.replace(" ", "")
        assert all(len(line) <= limit + 1 for line in lines) and all(len(b.split("\n")) <= LINES for _, _, b in found)
        stamps = [h * 3600 + m * 60 + s + ms / 1000 for body in (b for _, _, b in found)
                  for h, m, s, ms in [tuple(map(int, t)) for t in re.findall(f"<{STAMP}>", body)]]
        begins = sorted([*stamps, *(a for a, _, _ in found)])
        assert begins == pytest.approx([start_s + 0.3 * i for i in range(len(words))], abs=0.002)


def test_what_was_cut_off_is_not_shown() -> None:
    """A stop ends the sentence under way, and what was prepared after it never sounded; it is said again later."""
    first = clause(10, "One two three.", ["One", "two", "three"])
    second = clause(11.2, "Never heard.", ["Never", "heard"], id_="u2")
    stop = {"at": 0, "file_s": 10.45, "event": "stop"}
    again = clause(20, "One two three.", ["One", "two", "three"], id_="u3")
    found = cues(webvtt([first, second, stop, again]))
    assert [plain(body) for _, _, body in found] == ["One two", "One two three."]
    assert found[0][1] == pytest.approx(10.45, abs=0.002)


def test_an_opening_has_words_of_its_own_and_no_second_language() -> None:
    other = {"at": 0, "file_s": 6.0, "event": "caption", "text": "它很结实。", "language": "zh", "duration_s": 2}
    text = webvtt([clause(5.0, "Good question!", ["Good", "question"]), other,
                   clause(6.0, "Good for a good home.", ["Good", "for", "a", "good", "home"])])
    rows = {plain(row): start for start, _, row in cues(text)}
    assert rows == {"Good question!": 5.0, "Good for a good home.": 6.0, "它很结实。": 6.0}


def test_a_second_language_runs_as_long_as_the_answer() -> None:
    other = {"at": 0, "file_s": 5.0, "event": "caption", "text": "它重 <1.9> 公斤 & 结实。", "language": "zh", "duration_s": 2}
    text = webvtt([other, clause(5.0, "It weighs 1.9 kg,", ["It", "weighs", "1.9", "kg"]),
                   clause(7.0, "It weighs 1.9 kg, and is sturdy.", ["and", "is", "sturdy"])])
    shown = [row for row in cues(text) if "<lang zh>" in row[2]]
    assert len(shown) == 1 and shown[0][:2] == pytest.approx((5.0, 7.9), abs=0.01)
    assert "&lt;1.9&gt; 公斤 &amp; 结实" in shown[0][2]


def test_a_sidecar_that_was_cut_off_is_read_and_others_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "night.jsonl"
    whole = [json.dumps(clause(n, "Hello there.", ["Hello", "there"], id_=f"u{n}")) for n in range(3)]
    path.write_text("\n".join(whole) + '\n{"at": 1, "fil', encoding="utf-8")
    assert len(cues(webvtt(read_sidecar(path)))) == 3
    for wrong in ("", "hello", "[1]", '{"event": "utterance"}', "\x00\xff"):
        path.write_text(wrong, encoding="utf-8")
        if wrong:
            with pytest.raises(SidecarError, match="sidecar"):
                read_sidecar(path)
        else:
            assert webvtt(read_sidecar(path)) == "WEBVTT\n\n"
