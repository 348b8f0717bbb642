"""`nightwindow ask` from the command line knows what the show's files say now, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.program import program
from tests.fakes.running_show import copy_demo, randomise

pytestmark = [pytest.mark.peer, pytest.mark.timeout(200)]


def test_a_deleted_passage_is_declined(tmp_path: Path) -> None:
    show = copy_demo(tmp_path / "show")
    weight = randomise(show)["mug:weight"]

    def ask() -> str:
        done = program("ask", "what does the mug weigh?", "--json", "--show", show)
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    said = ask()
    assert '"refusal": false' in said and weight in said
    path = show.parent / "knowledge/attributes.csv"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("mug:weight,")]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    said = ask()
    assert '"refusal": true' in said and weight not in said
