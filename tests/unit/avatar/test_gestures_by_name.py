"""Gestures that a rundown calls by name: each is known to the body, holds what it promises, and a misspelt one is found."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from assets.findings import AuthoringError
from assets.rundown_file import GESTURES, load_rundown, parse_text
from assets.scene import Mark
from avatar import quaternions as qn
from avatar.build.bust import bust
from avatar.gestures import plan
from avatar.perform import perform
from avatar.performance import Performance
from avatar.pose import HAND_POSES, Pose
from avatar.skeleton import DEFAULT_TARGETS, JOINT, REST_M
from avatar.skinning import Skinner, palm_m
from avatar.speech import GestureMark
from avatar.visemes import VISEME_WEIGHTS
from tests.fakes.sentences import sentence

pytestmark = pytest.mark.unit

TEXT = "here is what you were asking me about, take a good look at it from every side"


def acted(name: str, word: int = 2, x_m: float = 0.8) -> Performance:
    speech, utterance = sentence(5, TEXT, (GestureMark(name, word),))
    return perform(speech, utterance, visemes=VISEME_WEIGHTS, targets={"product": (x_m, 1.05, 0.4)},
                   mark=Mark("anchor", (0, 0, 0)), seed=5)


def test_every_gesture_of_a_rundown_moves_the_body() -> None:
    speech, _ = sentence(5, TEXT)
    points = {k: np.array(v) for k, v in DEFAULT_TARGETS.items()}
    for name in GESTURES:
        made = plan((GestureMark(name, 2),), speech.words, speech.duration_s, points)
        assert made.strokes or made.nods, name


@pytest.mark.parametrize(("mark", "name"), [("[count:3]", "count3"), ("[count1]", "count1"), ("[hold:product]", "hold"),
                                            ("[hold]", "hold"), ("[open]", "open"), ("[wave]", "wave")])
def test_names_and_their_short_forms(mark: str, name: str) -> None:
    _, marks, wrong = parse_text(f"look {mark} here")
    assert not wrong and [(m.name, m.word, m.target) for m in marks] == [(name, 1, "product")]


def test_counting_shows_so_many_fingers() -> None:
    for number in range(1, 6):
        hands = acted(f"count{number}").hands
        shown = hands[:, 1, 1][hands[:, 1, 2] > 0.95]
        wanted = f"count{number}" if number < 5 else "open"
        assert len(shown) > 20 and set(shown.astype(int)) == {HAND_POSES.index(wanted)}


@pytest.mark.parametrize("x_m", [0.8, -0.8])
def test_a_palm_is_held_open_for_the_product(x_m: float) -> None:
    performance, model = acted("hold", x_m=x_m), bust()
    assert performance.hold is not None
    start_s, end_s, side = performance.hold
    assert side == ("left" if x_m > 0 else "right") and end_s - start_s >= 1.2
    skinner = Skinner(model)
    for t in np.linspace(start_s, end_s, 5):
        row = int(t * 100)
        skinner.joint_matrices(Pose(performance.weights[row], performance.joints[row], performance.hands[row]))
        x, y, z = palm_m(skinner, side)
        assert 0.08 < x * np.sign(x_m) < 0.42 and 1.0 < y < 1.35 and z > 0.22  # before the chest, on the product's side
    chain = [JOINT[side + n] for n in ("Shoulder", "UpperArm", "LowerArm", "Hand")]
    turn = np.array([0, 0, 0, 1.0])
    for joint in chain:
        turn = qn.multiply(turn, performance.joints[int((start_s + 0.3) * 100), joint])
    back = qn.rotate(turn, np.array([1.0 if side == "left" else -1.0, 0, 0]))  # at rest the back of the hand looks outwards
    assert back[1] < -0.6, "the palm looks up"


def test_only_a_hold_holds() -> None:
    assert [acted(name).hold for name in ("point", "open", "count2", "nod")] == [None] * 4


def test_arms_hang_close_to_the_body_between_gestures() -> None:
    from avatar.skeleton import STANCES

    for name, stance in STANCES.items():
        at, turn = REST_M[JOINT["leftShoulder"]].astype(float), np.array([0, 0, 0, 1.0])
        chain = [JOINT["left" + n] for n in ("Shoulder", "UpperArm", "LowerArm")]
        for k, (joint, child) in enumerate(pairwise(chain)):
            turn = qn.multiply(turn, stance[k])
            at = at + qn.rotate(turn, REST_M[child] - REST_M[joint])
        shoulder = REST_M[JOINT["leftUpperArm"]][0]
        assert at[0] - shoulder < 0.035, f"{name}: the elbow stands out"


def test_a_misspelt_gesture_is_found_with_its_place(tmp_path) -> None:
    path = tmp_path / "rundown.toml"
    path.write_text('[[item]]\nproduct = "mug"\n[[item.section]]\nid = "a"\nkind = "hook"\n[[item.section.variant]]\n'
                    'lines = [\n  { text = "Look [pont] here" },\n  { text = "and [hold:produkt] there" },\n]\n')
    with pytest.raises(AuthoringError) as error:
        load_rundown(path)
    said = str(error.value)
    assert f"{path}:7" in said and "did you mean 'point'" in said and "did you mean 'product'" in said


def _hand_path(name: str, sweep_m: float, seed: int) -> np.ndarray:
    """(n, v, 3) metres, body axes: all of both hands through a gesture towards a product at her side."""
    speech, utterance = sentence(5, TEXT, (GestureMark(name, 2),))
    p = perform(speech, utterance, visemes=VISEME_WEIGHTS, targets={"product": PRODUCT_M}, mark=Mark("anchor", (0, 0, 0)),
                seed=seed, sweep_m=sweep_m, style="lively")
    model = bust()
    skinner, hands = Skinner(model), next(i for i, m in enumerate(model.meshes) if m.name == "hands")
    return np.stack([skinner.vertices(hands, Pose(p.weights[r], p.joints[r], p.hands[r]))[0]
                     for r in range(0, len(p.weights), 12)])


PRODUCT_M = (0.75, 1.05, 0.35)


@pytest.mark.parametrize("name", ["point", "open"])
def test_hands_stay_out_of_what_turns_on_its_plinth(name: str) -> None:
    """Fingers came 3 to 6 cm into the corners of a lamp and a backpack; into an armchair, half a metre."""
    axis = np.array(PRODUCT_M)[[0, 2]]

    def nearest_m(sweep_m: float, seed: int) -> float:
        return float(np.linalg.norm(_hand_path(name, sweep_m, seed)[..., [0, 2]] - axis, axis=-1).min())

    for seed in np.random.default_rng().integers(1 << 31, size=2).tolist():
        for sweep_m in (0.18, 0.30, 0.40):
            assert nearest_m(sweep_m, seed) > sweep_m, f"seed {seed}: {sweep_m} m"
    assert min(nearest_m(0.0, seed) for seed in range(4)) < 0.36, "else hands come nearer"


def test_nobody_points_twice_in_the_same_way() -> None:
    """Of 48 [point] in 20 minutes of the demo each was the same arm; now each differs, and all are quite alike."""
    def arm(seed: int) -> np.ndarray:
        speech, utterance = sentence(5, TEXT, (GestureMark("point", 2),))
        p = perform(speech, utterance, visemes=VISEME_WEIGHTS, targets={"product": PRODUCT_M}, mark=Mark("anchor", (0, 0, 0)),
                    seed=seed)
        return p.joints[int((speech.words[2].start_s + 0.3) * 100), JOINT["leftLowerArm"]]

    arms = [arm(seed) for seed in range(8)]
    apart_deg = [np.degrees(2 * np.arccos(min(1.0, abs(float(a @ b))))) for i, a in enumerate(arms) for b in arms[:i]]
    assert np.median(apart_deg) > 2.0 and max(apart_deg) < 45.0
