"""What a policy profile says of the picture is measured in the picture: the label's letters, the share of the frame."""

import random
import re

import numpy as np
import pytest

from assets.policy_file import load_policy, profiles
from render.cards import card_overlay
from render.cue import CardCue
from render.overlays import label, slate_picture

pytestmark = pytest.mark.unit
SIZES = ((960, 540), (1280, 720), (1920, 1080), (540, 960), (720, 720))
ROWS = tuple((f"Label {n}", f"a value of {n} centimetres", f"another one of {n + 1} hours") for n in range(7))


def ink_rows(pixels: np.ndarray) -> int:
    """Rows between the first and the last with white letters on them."""
    rows = np.flatnonzero((pixels[..., :3].min(axis=2) > 150).any(axis=1))
    return int(rows[-1] - rows[0] + 1) if len(rows) else 0


@pytest.mark.parametrize("name", profiles())
def test_the_label_stands_in_every_frame_as_high_as_the_profile_asks(name: str) -> None:
    profile, (w, h) = load_policy(name), random.choice(SIZES)
    share = profile.label_size.min_height_share
    for language, text in profile.ai_label.items():
        drawn = label(text, language, w, h, share)
        assert drawn is not None and drawn.box[2] <= w and drawn.box[3] <= h, (name, language, w, h)
        assert drawn.area_px <= profile.label_size.max_frame_share * w * h, (name, language, w, h)
        capitals = "".join(re.findall("[A-Z]", text)) or "AI"
        measured, least = label("国" if language in ("zh", "ja") else capitals, language, w, h, share), share * min(w, h)
        assert measured is not None and least <= ink_rows(measured.pixels) <= 1.3 * least + 4, (name, language, w, h)


def test_the_slate_has_a_label_of_that_size_too() -> None:
    (w, h), share = random.choice(SIZES), random.uniform(0.02, 0.06)
    plain, marked = (slate_picture(w, h, 0.3, "", "", text, "en", share)[: h // 3].astype(int) for text in ("", "AI"))
    letters = (marked[..., :3].min(axis=2) > 170) & (np.abs(marked - plain).max(axis=2) > 60)
    rows = np.flatnonzero(letters.any(axis=1))
    assert rows[-1] - rows[0] + 1 >= share * min(w, h), (w, h, share)


@pytest.mark.parametrize("cue", [
    CardCue(0, ("Halo Desk Lamp", "$89.00", "weight: 1.2 kg", "water resistance: IPX4")),
    CardCue(0, ("Halo Desk Lamp", "Harbour Day Backpack"), kind="compare", rows=ROWS),
    CardCue(0, ("Certificate", "Drop test", "Falls from 1.2 m on concrete 26 times. " * 6, "TÜV"), kind="evidence"),
])
def test_a_card_covers_no_more_than_the_room_that_is_left(cue: CardCue) -> None:
    w, h = random.choice(SIZES[:3])
    whole = card_overlay(cue, "en", w, h)
    assert whole is not None
    share = random.uniform(0.4, 1.0)
    less = card_overlay(cue, "en", w, h, share * whole.area_px)
    assert less is None or less.area_px <= share * whole.area_px
    assert less is not None or cue.kind == "evidence" or share < 0.6, (cue.kind, share)
    assert card_overlay(cue, "en", w, h, 10.0) is None


def test_price_and_its_note_stay_when_room_is_short() -> None:
    cue = CardCue(0, ("Lamp", "$89.00", "Price includes VAT", "weight: 1.2 kg", "material: aluminium"), firm=3)
    bare = card_overlay(CardCue(0, cue.lines[:3]), "en", 960, 540)
    assert bare is not None
    tight = card_overlay(cue, "en", 960, 540, bare.area_px + 1)
    assert tight is not None and tight.pixels.shape[0] >= 0.7 * bare.pixels.shape[0]
    assert card_overlay(cue, "en", 960, 540, 0.4 * bare.area_px) is None
