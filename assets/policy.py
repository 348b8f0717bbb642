"""What may be said in a market: rules with their legal source, and sentences that prove each rule."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

Outcome = Literal["allowed", "rewritten", "blocked"]


class PolicyError(ValueError):
    """A profile cannot be used; one line per mistake: file, place, what is wrong."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleTest(_Strict):
    """A sentence and what must become of it. cited: with a citation behind it; says: the text after a rewrite."""

    text: str
    expect: Outcome
    language: str = ""
    cited: bool = False
    says: str | None = None


class Rule(_Strict):
    """triggers: terms of which one must occur (case and width folded); context: regular expression that must then match
    (default: the term itself, as a whole word); exceptions: a match that overlaps one of these is spared;
    action: "block", "rewrite" (context -> rewrite, groups as \\1), or "evidence" (blocked without a citation)."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    languages: tuple[str, ...] = Field(min_length=1)
    source: str = Field(min_length=3)
    reason: str = Field(min_length=3)
    action: Literal["block", "rewrite", "evidence"]
    severity: Literal["high", "medium", "low"]
    triggers: tuple[str, ...] = Field(min_length=1)
    context: str | None = None
    exceptions: tuple[str, ...] = ()
    rewrite: str | None = None
    tests: tuple[RuleTest, ...] = Field(min_length=2)

    @field_validator("context", "exceptions")
    @classmethod
    def _compiles(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        for pattern in (value,) if isinstance(value, str) else value or ():
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"not a regular expression: {error}") from None
        return value

    @model_validator(mode="after")
    def _whole(self) -> Rule:
        if (self.action == "rewrite") != (self.rewrite is not None):
            raise ValueError("'rewrite' goes with action = \"rewrite\", and only with it")
        return self


class PolicyProfile(_Strict):
    """ai_label: the disclosure shown in every frame, by language, English at least;
    numbers_need_source: a price, measure or share needs a citation."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: str
    ai_label: dict[str, str]
    numbers_need_source: bool = True
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> PolicyProfile:
        if "en" not in self.ai_label:
            raise ValueError("ai_label needs at least 'en'")
        seen: set[str] = set()
        for rule in self.rules:
            if rule.id in seen:
                raise ValueError(f"two rules have the id {rule.id!r}")
            seen.add(rule.id)
        return self

    def label(self, language: str) -> str:
        """The AI label in a language, else in English."""
        return self.ai_label.get(language) or self.ai_label.get(language.split("-")[0]) or self.ai_label["en"]


def load_policy(name_or_path: str | Path) -> PolicyProfile:
    """A profile by the id of one that ships with us ("own-site"), or by the path of a TOML file.

    Raises PolicyError with every mistake, each with its place.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        shipped = files("assets") / "policies" / f"{name_or_path}.toml"
        if not shipped.is_file():
            known = sorted(p.name.removesuffix(".toml") for p in (files("assets") / "policies").iterdir())
            raise PolicyError(f"There is no policy profile {str(name_or_path)!r}; there are: {', '.join(known)}.")
        return _parsed(shipped.read_text("utf-8"), str(name_or_path))
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise PolicyError(f"The policy file {path} cannot be read: {error.strerror}.") from None
    return _parsed(text, str(path))


def _parsed(text: str, where: str) -> PolicyProfile:
    try:
        return PolicyProfile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{where} is not TOML: {error}.") from None
    except ValidationError as error:
        lines = [f"{where}: {'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors()]
        raise PolicyError("\n".join(lines)) from None
