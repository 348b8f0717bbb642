"""voice.toml: how a house sounds. Which voice, and its pace, pitch and energy in each mood; of each anchor, where two share a
show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from assets.toml_file import StrictModel, read_toml
from dialogue.prosody import ENERGY_DB, PACE, PLAIN, SEMITONES, Manner

FILE = "voice.toml"  # in the folder of show.toml


@dataclass(frozen=True)
class HouseVoice:
    """engine, speaker: "" leaves them to show.toml and market.toml, a guest's to the guest; manner: of everything; moods: on
    top of it; guests: how those sound who share the stage, by anchor."""

    engine: str = ""
    speaker: str = ""
    manner: Manner = PLAIN
    moods: Mapping[str, Manner] = field(default_factory=dict)
    guests: Mapping[str, HouseVoice] = field(default_factory=dict)

    def manner_of(self, mood: str) -> Manner:
        """How a sentence of that mood is said."""
        return self.manner.with_(self.moods.get(mood, PLAIN))


_Pace = Annotated[float, Field(ge=PACE[0], le=PACE[1])]
_Pitch = Annotated[float, Field(ge=SEMITONES[0], le=SEMITONES[1])]
_Energy = Annotated[float, Field(ge=ENERGY_DB[0], le=ENERGY_DB[1])]


class _Manner(StrictModel):
    pace: _Pace = 1.0
    pitch: _Pitch = 0.0
    energy_db: _Energy = 0.0


class _Voice(_Manner):
    engine: str = ""
    speaker: str = ""
    mood: dict[Literal["neutral", "happy", "warm", "serious"], _Manner] = {}

    def read(self) -> HouseVoice:
        moods: dict[str, Manner] = {name: Manner(m.pace, m.pitch, m.energy_db) for name, m in self.mood.items()}
        return HouseVoice(self.engine, self.speaker, Manner(self.pace, self.pitch, self.energy_db), moods)


class _File(_Voice):
    anchor: dict[str, _Voice] = {}


def load_house_voice(path: Path) -> HouseVoice:
    """Read the file. Raises AuthoringError with every mistake, OSError."""
    file, _ = read_toml(path, _File)
    return replace(file.read(), guests={name: guest.read() for name, guest in file.anchor.items()})
