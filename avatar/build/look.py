"""What a presenter looks like, in numbers: `avatar.toml`, the two presenters that come with the program, their variants."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from assets.toml_file import StrictModel, read_toml

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Slider = Annotated[float, Field(ge=-1.0, le=1.0)]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
HairStyle = Literal["bob", "long", "bun", "short", "swept", "buzz", "hijab"]
OutfitStyle = Literal["blazer", "knit", "shirt", "abaya"]
HAIR: dict[str, tuple[HairStyle, ...]] = {"woman": ("bob", "long", "bun", "hijab"), "man": ("short", "swept", "buzz")}
OUTFITS: dict[str, tuple[OutfitStyle, ...]] = {"woman": ("blazer", "knit", "abaya"), "man": ("blazer", "shirt", "abaya")}


class Ancestry(StrictModel):
    """Shares of the three basic heads; they are scaled to add up to 1."""

    african: Share = 0.08
    asian: Share = 0.30
    caucasian: Share = 0.62


class Face(StrictModel):
    """Each -1 … 1, 0 as the basic head has it."""

    oval: Slider = 0.5
    round: Slider = 0.0
    square: Slider = 0.0
    jaw_width: Slider = -1.0
    chin_width: Slider = -0.45
    chin_height: Slider = 0.0
    cheekbones: Slider = 0.1
    nose_width: Slider = -0.6
    nose_length: Slider = 0.0
    nose_tip: Slider = 0.3
    lip_volume: Slider = 0.08
    mouth_width: Slider = 0.64
    eye_size: Slider = 0.8
    eye_opening: Slider = 0.13
    eye_slant: Slider = 0.0
    eye_distance: Slider = 0.05
    brow_height: Slider = -0.45
    brow_angle: Slider = 0.0
    neck_width: Slider = -0.25


class Skin(StrictModel):
    """tone: 0 very fair … 1 very dark; warmth: -1 rosy … 1 golden; the rest 0 … 1."""

    tone: Share = 0.25
    warmth: Slider = 0.0
    freckles: Share = 0.06
    blush: Share = 0.2
    stubble: Share = 0.0
    pores: Share = 0.5


class Eyes(StrictModel):
    """colour: of the iris; makeup: shade and liner."""

    colour: Colour = "#6e4a2e"
    makeup: Share = 0.6


class Lips(StrictModel):
    """colour: of the lips; strength: how much of it covers them."""

    colour: Colour = "#a85c56"
    strength: Share = 0.54


class Brows(StrictModel):
    """colour, and thickness (1 = as drawn)."""

    colour: Colour = "#3b261a"
    thickness: Annotated[float, Field(ge=0.5, le=2.0)] = 1.0


class Hair(StrictModel):
    """colour: of the hair, or of the scarf where the style is a hijab."""

    style: HairStyle = "bob"
    colour: Colour = "#4a2f20"


class Outfit(StrictModel):
    """colour: of the garment; under: what shows beneath; legs: trousers; nails: of the hands."""

    style: OutfitStyle = "blazer"
    colour: Colour = "#b5afa3"
    under: Colour = "#30343f"
    legs: Colour = "#2f333b"
    nails: Colour = "#d4928c"


class Look(StrictModel):
    """A presenter. sex chooses the basic body; height_m, age_years, weight and muscle shape it."""

    name: str = "Mira"
    sex: Literal["woman", "man"] = "woman"
    height_m: Annotated[float, Field(ge=1.45, le=2.0)] = 1.68
    age_years: Annotated[float, Field(ge=18, le=75)] = 25
    weight: Share = 0.25
    muscle: Share = 0.5
    ancestry: Ancestry = Ancestry()
    face: Face = Face()
    skin: Skin = Skin()
    eyes: Eyes = Eyes()
    lips: Lips = Lips()
    brows: Brows = Brows()
    hair: Hair = Hair()
    outfit: Outfit = Outfit()

    def wearing(self, hair: str = "", outfit: str = "") -> Look:
        """The same person with other hair or clothes; an empty name keeps what is worn."""
        raw = self.model_dump()
        if hair:
            raw["hair"]["style"] = hair
        if outfit:
            raw["outfit"]["style"] = outfit
        return Look.model_validate(raw)


MIRA = Look()
ADAM = Look(
    name="Adam", sex="man", height_m=1.76, age_years=29, weight=0.24, muscle=0.38,
    ancestry=Ancestry(african=0.10, asian=0.20, caucasian=0.70),
    face=Face(oval=0.2, round=0.25, jaw_width=-0.4, chin_width=-0.5, chin_height=-0.5, cheekbones=0.2, nose_width=-0.4,
              nose_tip=0.1, lip_volume=0.1, mouth_width=0.08, eye_size=0.9, eye_opening=0.12, eye_distance=0.1,
              brow_height=-0.45, neck_width=0.05),
    skin=Skin(tone=0.36, warmth=0.15, freckles=0.05, blush=0.05, stubble=0.36, pores=0.8),
    eyes=Eyes(colour="#5a4632", makeup=0.0), lips=Lips(colour="#935548", strength=0.56),
    brows=Brows(colour="#33241b", thickness=1.2), hair=Hair(style="short", colour="#2e1f16"),
    outfit=Outfit(colour="#2c3647", under="#cfdae6", legs="#2a2d33", nails="#d9a793"),
)
PRESENTERS: dict[str, Look] = {"default": MIRA, "mira": MIRA, "adam": ADAM}


def read_look(path: Path) -> Look:
    """A presenter's file. Raises assets.findings.AuthoringError with every mistake, OSError when it cannot be read."""
    return read_toml(path, Look)[0]


def linear(colour: str) -> tuple[float, float, float]:
    """A "#rrggbb" colour as linear RGB 0..1."""
    r, g, b = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return to_linear(r), to_linear(g), to_linear(b)


def srgb(colour: str) -> tuple[float, float, float]:
    """A "#rrggbb" colour as sRGB 0..1."""
    r, g, b = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return r, g, b


def to_linear(value: float) -> float:
    """One sRGB channel decoded (IEC 61966-2-1)."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
