"""voice.toml: how a house sounds. Which voice, and its pace, pitch and energy in each mood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from assets.toml_file import StrictModel, read_toml
from dialogue.prosody import ENERGY_DB, PACE, PLAIN, SEMITONES, Manner

FILE = "voice.toml"  # in the folder of show.toml


@dataclass(frozen=True)
class HouseVoice:
    """engine, speaker: "" leaves them to show.toml and market.toml; manner: of everything; moods: on top of it."""

    engine: str = ""
    speaker: str = ""
    manner: Manner = PLAIN
    moods: Mapping[str, Manner] = field(default_factory=dict)

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


class _File(_Manner):
    engine: str = ""
    speaker: str = ""
    mood: dict[Literal["neutral", "happy", "warm", "serious"], _Manner] = {}


def load_house_voice(path: Path) -> HouseVoice:
    """Read the file. Raises AuthoringError with every mistake, OSError."""
    file, _ = read_toml(path, _File)
    return HouseVoice(file.engine, file.speaker, Manner(file.pace, file.pitch, file.energy_db),
                      {name: Manner(m.pace, m.pitch, m.energy_db) for name, m in file.mood.items()})
