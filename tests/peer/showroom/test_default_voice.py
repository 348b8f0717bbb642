"""The demo as it comes: on a machine with two cores the neural voice speaks, script and answers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dialogue.adapters import kokoro
from tests.fakes.running_show import RunningShow, until
from tests.fakes.viewer import Viewer

pytestmark = pytest.mark.peer


@pytest.mark.skipif(not kokoro.is_here(), reason="Kokoro's parts are not in the cache; `nightwindow prepare` fetches them")
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core: espeak is the default")
def test_the_demo_speaks_with_the_neural_voice(tmp_path: Path) -> None:
    show = RunningShow(tmp_path, "--driver", "off", voice="auto")
    try:
        show.wait_on_air()
        asker = Viewer(show.ws_port, "listen")
        asker.wait(lambda m: m["type"] == "hello", 5)
        answer = asker.ask("how much is the lamp?", "en")
        asker.wait(lambda m: m["type"] == "answering" and m["id"] == answer["question_id"], 60)
        until(lambda: show.state()["voices"]["kokoro"] >= 3, 60, "three clauses in her voice")
        asker.close()
        state = show.state()
        assert state["voice_chosen"] == "kokoro" and set(state["voices"]) <= {"kokoro", "espeak"}, state["voices"]
        assert state["voices"]["kokoro"] >= 3, "espeak may say an answer where other programs take the machine"
    finally:
        show.stop()
