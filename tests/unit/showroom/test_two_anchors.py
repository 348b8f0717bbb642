"""Two anchors in one show: each line is said by whom the script names, the other one listens; the stage knows both."""

from __future__ import annotations

import asyncio
import functools
import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from assets.rundown_file import load_rundown
from assets.scene import with_guests
from avatar import quaternions as qn
from avatar.attention import RETURN_S
from avatar.skeleton import JOINT
from render.clock import ticks
from render.cue import CaptionCue, Play, ProductCue, ShotCue
from render.performers import Performers
from render.shots import resolve
from render.timeline import Timeline
from showroom.avatars import AvatarFiles
from showroom.config import ConfigError, load_config
from showroom.content import Content, load_content
from showroom.scene_json import avatar_url
from showroom.server import media_path
from tests.fakes.show_parts import DEMO, STILL, demo_content, make_show
from tests.fakes.virtual_loop import run_virtual

pytestmark = pytest.mark.unit
SCRIPT = """
[[item]]
product = "lamp"
[[item.section]]
id = "duet"
kind = "hook"
[[item.section.variant]]
lines = [ { text = "Good evening, this is a lamp." }, { text = "And I like its light.", by = "adam" },
          { text = "So do I, by the way." }, { text = "Then ask us about it.", by = "adam" } ]
"""


def duet(tmp_path: Path, script: str = SCRIPT) -> Content:
    path = tmp_path / "rundown.toml"
    path.write_text(script)
    config = load_config(DEMO)
    show = config.show.model_copy(update={"anchors": {"adam": "adam"}, "rundown": path})
    return load_content(config.model_copy(update={"show": show}))


@functools.cache
def together():
    return with_guests(demo_content().spec, ["adam"])


def test_lines_are_said_by_whom_the_script_names_one_after_the_other(tmp_path: Path) -> None:
    content = duet(tmp_path)
    assert [m.anchor_id for m in content.spec.marks] == ["anchor", "adam"]
    assert [line.by for line in load_rundown(tmp_path / "rundown.toml").items[0].sections[0].variants[0]] == ["", "adam"] * 2

    async def evening():
        show = make_show(content)
        tasks = [asyncio.create_task(show.director.run()), asyncio.create_task(show.studio.run())]
        await asyncio.sleep(20)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return show.cues

    cues = run_virtual(evening())
    plays = [c for c in cues if isinstance(c, Play)]
    said = list(dict.fromkeys((p.utterance_id, p.anchor_id) for p in plays))  # a sentence may be said in several clauses
    assert [who for _, who in said[:4]] == ["anchor", "adam", "anchor", "adam"]
    assert all(a.at + len(a.pcm) <= b.at for a, b in pairwise(plays)), "never both at once"
    shown = [c for c in cues if isinstance(c, ProductCue | ShotCue | CaptionCue)]
    assert {c.anchor_id for c in shown} == {"anchor"}, "what is on show belongs to the show, whoever speaks"


def test_a_name_that_nobody_has_is_found_with_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        duet(tmp_path, SCRIPT.replace('by = "adam" }\n', 'by = "adma" }\n').replace('"adam" },', '"adma" },'))
    assert "lamp.duet: by = 'adma'" in str(error.value) and "did you mean 'adam'" in str(error.value)


def test_the_listener_looks_at_who_speaks_and_then_no_longer() -> None:
    seed = random.randrange(1 << 30)
    spec, timeline, quiet = together(), Timeline(), Timeline()
    performers = Performers(spec, seed)
    length = 12.0
    timeline.add(Play(ticks(1.0), "adam", "u", STILL, np.zeros(int(length * 48000), np.int16), "Hello.", "en"))

    def facing(t_s: float, line: Timeline = timeline) -> float:
        """Degrees to her left that her head looks."""
        pose = performers.pose("anchor", ticks(t_s), performers.plays(ticks(t_s), 0, line))
        way = qn.rotate(qn.multiply(pose.joints[JOINT["neck"]], pose.joints[JOINT["head"]]), np.array([0.0, 0.0, 1.0]))
        return float(np.degrees(np.arctan2(way[0], way[2])))

    there = np.array([facing(t) for t in np.arange(2.5, length - 0.5, 0.1)])
    assert np.mean(there < -25) > 0.4, f"seed {seed}: the guest stands on her right"
    for t in (0.9, 1.0 + length + RETURN_S + 0.05):
        assert facing(t) == facing(t, quiet), f"seed {seed}: before and after she is as alone"
    steps = np.diff([facing(t) for t in np.arange(0.9, length + 2.2, 0.04)])
    assert np.abs(steps).max() < 19.0, f"seed {seed}: the head jumps"  # her quickest own turn; a jump would be 40 degrees


def test_guests_stand_apart_and_everybody_is_in_the_picture() -> None:
    spec = together()
    first, guest = (m.position_m for m in spec.marks)
    assert 0.6 < np.linalg.norm(guest - first) < 1.2
    assert np.linalg.norm(guest - spec.hero.position_m) > np.linalg.norm(first - spec.hero.position_m)
    for shot in ("medium", "wide"):
        camera = resolve(shot, spec, None)
        eye, target = np.array(camera.position_m), np.array(camera.target_m)
        forward = (target - eye) / np.linalg.norm(target - eye)
        side = np.cross(forward, (0, 1, 0))
        for place in (first, guest, spec.hero.position_m):
            way = place + np.array([0, 1.5, 0]) - eye
            assert abs(way @ side / (way @ forward)) < np.tan(np.radians(camera.fov_deg / 2)) * 16 / 9 * 0.93, shot


def test_a_showroom_with_marks_of_its_own_keeps_them() -> None:
    spec = together()
    moved = replace(spec, marks=(spec.marks[0], replace(spec.marks[1], heading_deg=77.0)))
    assert with_guests(moved, ["adam"]).marks[1].heading_deg == 77.0


def test_browsers_get_each_anchor_a_body_of_its_own(tmp_path: Path) -> None:
    def files(name: str, **more: object) -> AvatarFiles:
        paths = [tmp_path / f"{name}{end}" for end in (".npz", ".glb", "-small.glb")]
        return AvatarFiles(*paths, np.zeros((15, 52)), **more)  # type: ignore[arg-type]

    app = SimpleNamespace(avatars=files("mira", guests={"adam": files("adam")}))
    got = {who: media_path(app, avatar_url(app, who).removeprefix("/media/")) for who in ("anchor", "adam")}  # type: ignore[arg-type]
    assert got == {"anchor": tmp_path / "mira.glb", "adam": tmp_path / "adam.glb"}
    assert media_path(app, "avatar/adam-phone.glb") == tmp_path / "adam-small.glb"  # type: ignore[arg-type]
    assert media_path(app, "avatar-phone.glb") == tmp_path / "mira-small.glb"  # type: ignore[arg-type]
