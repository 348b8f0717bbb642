"""Policy profiles as files: a profile names families of claims and the law behind each; a family holds their wording in
the languages. "eu+tiktok" is a market's profile on a platform."""

from __future__ import annotations

import functools
import tomllib
from importlib.resources import files
from pathlib import Path

from pydantic import Field, ValidationError

from assets.policy import (
    Action,
    AiVoice,
    Disclosure,
    Forbidden,
    Imagery,
    Label,
    PolicyError,
    PolicyProfile,
    Retention,
    Rule,
    RuleTest,
    Severity,
    Strict,
    merged,
)

_FOLDER = files("assets") / "policies"
NOT_PROFILES = ("categories", "context")


class _Wording(Strict):
    """claim: what a claim looks like; spared: what only looks like one; caught, passes: sentences that prove it;
    licensed: pairs of a sentence and the passage that allows it; shows: what such a passage says."""

    claim: str
    spared: tuple[str, ...] = ()
    shows: str | None = None
    caught: tuple[str, ...] = Field(min_length=1)
    passes: tuple[str, ...] = Field(min_length=1)
    licensed: tuple[tuple[str, str], ...] = ()


class _Family(Strict):
    family: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    action: Action
    severity: Severity
    reason: str
    reason_zh: str = ""
    rewrite: str | None = None
    needs_number: bool = False
    negation_inside: bool = True
    wordings: dict[str, _Wording]


class _Use(Strict):
    """A family as a profile uses it. source: the law; action: instead of the family's; languages: instead of the profile's."""

    family: str
    source: str = Field(min_length=3)
    action: Action | None = None
    languages: tuple[str, ...] = ()


class _Profile(Strict):
    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: str
    languages: tuple[str, ...] = ()
    ai_label: dict[str, str]
    label: Label = Label()
    ai_voice: AiVoice = AiVoice()
    imagery: Imagery = Imagery()
    retention: Retention = Retention()
    forbidden: tuple[Forbidden, ...] = ()
    disclosures: tuple[Disclosure, ...] = ()
    numbers_need_source: bool = True
    claims: tuple[_Use, ...] = ()
    rules: tuple[Rule, ...] = ()


def profiles() -> tuple[str, ...]:
    """Ids of the profiles that ship with us."""
    names = (p.name.removesuffix(".toml") for p in _FOLDER.iterdir() if p.name.endswith(".toml"))
    return tuple(sorted(n for n in names if n not in NOT_PROFILES))


def load_policy(name_or_path: str | Path) -> PolicyProfile:
    """A profile by the id of one that ships with us ("own-site"), two joined ("eu+tiktok"), or by the path of a TOML file.

    Raises PolicyError with every mistake, each with its place.
    """
    path = Path(name_or_path)
    if path.suffix == ".toml":
        try:
            return _parsed(path.read_text("utf-8"), str(path))
        except OSError as error:
            raise PolicyError(f"The policy file {path} cannot be read: {error.strerror}.") from None
    first, *more = str(name_or_path).split("+")
    profile = _shipped(first)
    for name in more:
        profile = merged(profile, _shipped(name))
    return profile


@functools.cache
def family(name: str) -> _Family:
    """A family of claims. Raises PolicyError."""
    file = _FOLDER / "claims" / f"{name}.toml"
    if not file.is_file():
        known = sorted(p.name.removesuffix(".toml") for p in (_FOLDER / "claims").iterdir())
        raise PolicyError(f"There is no family of claims {name!r}; there are: {', '.join(known)}.")
    read = tomllib.loads(file.read_text("utf-8"))
    wordings = {key: value for key, value in read.items() if isinstance(value, dict)}
    try:
        return _Family.model_validate({k: v for k, v in read.items() if k not in wordings} | {"wordings": wordings})
    except ValidationError as error:
        raise PolicyError("\n".join(_lines(error, f"claims/{name}.toml"))) from None


@functools.cache
def context_tables() -> dict[str, dict[str, str]]:
    """What takes the claim out of a sentence: kind -> language -> regular expression."""
    return tomllib.loads((_FOLDER / "context.toml").read_text("utf-8"))


@functools.cache
def _shipped(name: str) -> PolicyProfile:
    if name not in profiles():
        raise PolicyError(f"There is no policy profile {name!r}; there are: {', '.join(profiles())}.")
    return _parsed((_FOLDER / f"{name}.toml").read_text("utf-8"), name)


def _parsed(text: str, where: str) -> PolicyProfile:
    try:
        read = _Profile.model_validate(tomllib.loads(text))
        rules = [rule for use in read.claims for rule in _rules(use, read.languages)]
        plain = read.model_dump(exclude={"claims", "rules", "label"})
        return PolicyProfile(**plain, label_size=read.label, rules=(*read.rules, *rules))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{where} is not TOML: {error}.") from None
    except ValidationError as error:
        raise PolicyError("\n".join(_lines(error, where))) from None


def _rules(use: _Use, languages: tuple[str, ...]) -> list[Rule]:
    found = family(use.family)
    wanted = use.languages or languages
    action = use.action or found.action
    shown = "|".join(f"(?:{w.shows})" for w in found.wordings.values() if w.shows)  # a passage may be in any language
    return [
        Rule(id=f"{found.family}-{language}", languages=(language,), source=use.source, reason=found.reason,
             reason_zh=found.reason_zh, action=action, severity=found.severity, context=wording.claim,
             exceptions=wording.spared, rewrite=found.rewrite if action == "rewrite" else None, family=found.family,
             shows=shown or None, needs_number=found.needs_number, negation_inside=found.negation_inside,
             tests=_tests(wording, language, action))
        for language, wording in found.wordings.items() if language in wanted
    ]


def _tests(wording: _Wording, language: str, action: Action) -> tuple[RuleTest, ...]:
    """licensed sentences prove only rules that evidence can license."""
    caught = [RuleTest(text=t, language=language, expect="rewritten" if action == "rewrite" else "blocked")
              for t in wording.caught]
    passes = [RuleTest(text=t, language=language, expect="allowed") for t in wording.passes]
    licensed = [RuleTest(text=t, language=language, expect="allowed", cited=True, evidence=e)
                for t, e in wording.licensed if action == "evidence"]
    return (*caught, *passes, *licensed)


def _lines(error: ValidationError, where: str) -> list[str]:
    return [f"{where}: {'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors()]
