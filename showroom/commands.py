"""What the commands do. Each gives a dictionary: "code", "lines" for people, the rest for programs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assets.cache import cache_dir
from assets.checked import FieldError
from assets.rundown_file import Line
from avatar.speech import Utterance
from dialogue.answering import Answerer
from dialogue.language import detect
from dialogue.policy import Policy
from dialogue.ports import VoiceError
from dialogue.question import Question
from dialogue.speaking import Blocked
from render.shots import SHOTS
from showroom.avatars import prepare_avatar
from showroom.config import ConfigError, ShowConfig
from showroom.content import Content
from showroom.questions import MAX_CHARS, clean_text
from showroom.rundown import REPEAT_S, form_count, worded

Progress = Callable[[float, str], None]
WORDS_PER_S, PAUSE_S = 2.7, 0.42  # pace of the default voice, measured on the demo script; pause and gap of a sentence
MAX_FORMS_CHECKED = 24  # wordings of a line that `check` puts before the policy


def say_command(config: ShowConfig, content: Content, text: str, output: Path, language: str, product: str | None,
                shot: str, citations: tuple[str, ...], progress: Progress) -> dict[str, Any]:
    """`nightwindow say`."""
    from showroom.clips import say

    mistakes = []
    if not clean_text(text):
        mistakes.append("There is nothing to say: the text is empty.")
    if shot not in SHOTS:
        mistakes.append(f"--shot {shot}: choose one of {', '.join(SHOTS)}.")
    if product is not None and product not in content.products:
        mistakes.append(f"--product {product}: the catalogue has {', '.join(content.products)}.")
    if output.suffix not in (".mp4", ".png", ".jpg"):
        mistakes.append(f"-o {output}: the name must end in .mp4, .png or .jpg.")
    elif not output.resolve().parent.is_dir():
        mistakes.append(f"-o {output}: the folder {output.resolve().parent} does not exist.")
    known = {p.id for p in content.passages}
    mistakes += [f"--cite {c}: no such passage in the knowledge base." for c in citations if c not in known]
    if mistakes:
        return {"code": 2, "lines": mistakes, "errors": mistakes}
    avatar = prepare_avatar(progress)
    try:
        done = asyncio.run(say(config, content, avatar, clean_text(text), language, output, product=product, shot=shot,
                               citations=citations, progress=lambda what: progress(0.5, what)))
    except (Blocked, VoiceError, FieldError, RuntimeError) as error:
        return {"code": 1, "lines": [str(error)], "errors": [str(error)]}
    progress(1.0, "done")
    return {"code": 0, "lines": [f"{output}: {done['seconds']:.1f} s, voice {done['engine']}"], **done}


def ask_command(config: ShowConfig, content: Content, words: str, language: str | None, product: str | None) -> dict[str, Any]:
    """`nightwindow ask`."""
    words = clean_text(words)
    if not words or len(words) > MAX_CHARS:
        line = "There is no question." if not words else f"The question has {len(words)} characters; at most {MAX_CHARS}."
        return {"code": 2, "lines": [line], "errors": [line]}
    if product is not None and product not in content.products:
        line = f"--product {product}: the catalogue has {', '.join(content.products)}."
        return {"code": 2, "lines": [line], "errors": [line]}
    spoken = language or detect(words, content.market.language)
    try:
        question = Question("ask", "operator", words, spoken, datetime.now(UTC))
    except FieldError as error:
        return {"code": 2, "lines": [str(error)], "errors": [str(error)]}
    answer = Answerer(content.passages, content.products, content.market).answer(question, on_show=product)
    sources = {p.id: p.source for p in content.passages}
    cited = [{"id": c, "source": sources.get(c, "catalogue")} for c in answer.citations]
    lines = [answer.text, *(f"  [{c['id']}] {c['source']}" for c in cited)]
    return {"code": 0, "lines": lines, "answer": answer.text, "language": answer.language, "refusal": answer.refusal,
            "confidence": round(answer.confidence, 3), "citations": cited, "spoken": [u.text for u in answer.utterances]}


def add_command(config: ShowConfig, content: Content, model: Path, sku: str | None, name: str | None, size_m: str | None,
                dry_run: bool) -> dict[str, Any]:
    """`nightwindow add`."""
    from showroom.additions import AddError, add_model, parse_size

    try:
        size = parse_size(size_m)
        return add_model(config, content, model, sku or model.stem, name, size, dry_run)
    except AddError as error:
        return {"code": 2, "lines": [str(error)], "errors": [str(error)]}


def check_command(config: ShowConfig, content: Content) -> dict[str, Any]:
    """`nightwindow check`: what loading has not refused already: policy over every wording, plinths, capacity."""
    mistakes: list[str] = []
    warnings = list(content.warnings)
    policy, language = Policy(content.policy), content.market.language
    path = config.path(config.show.rundown)
    for item in content.rundown.items:
        for section in item.sections:
            for v, variant in enumerate(section.variants):
                for i, line in enumerate(variant):
                    mistakes += [f"{path}: {item.product}.{section.id}, variant {v + 1}, line {i + 1}: {why}"
                                 for why in _policy_says(policy, line, item.product, language)]
    warnings += [f"{sku}: no plinth is free or large enough; it is shown only when it is its turn"
                 for sku, home in content.homes.items() if home is None]
    capacity_s = script_capacity_s(content)
    if capacity_s < REPEAT_S:
        warnings.append(f"{path}: the script lasts about {capacity_s / 60:.0f} minutes before a sentence must be repeated "
                        f"word for word; {REPEAT_S / 3600:.0f} hours are wanted. Add variants or choices like {{a|b}}.")
    products, passages = len(content.products), len(content.passages)
    lines = [*mistakes, *warnings, f"{products} products, {passages} passages, script of about {capacity_s / 3600:.1f} h: "
             + (f"{len(mistakes)} mistakes" if mistakes else "no mistakes")]
    return {"code": 2 if mistakes else 0, "lines": lines, "errors": mistakes, "warnings": warnings, "products": products,
            "passages": passages, "script_s": round(capacity_s)}


def _policy_says(policy: Policy, line: Line, product: str, language: str) -> list[str]:
    for form in range(min(form_count(line.text), MAX_FORMS_CHECKED)):
        text = worded(line.text, form)
        verdict = policy.check(Utterance("check", text, language, product=product, citations=line.cites))
        if not verdict.allowed:
            return [f"{text!r}: rule {verdict.rule}: {verdict.reason}"]
    return []


def script_capacity_s(content: Content) -> float:
    """How long the script lasts until some sentence has no wording left that was not said. Each round of the rundown says
    one variant of each section, so the section with the fewest wordings limits it."""
    round_s, rounds = 0.0, float("inf")
    for item in content.rundown.items:
        for section in item.sections:
            said_s = [sum(len(worded(line.text, 0).split()) / WORDS_PER_S + PAUSE_S for line in v) for v in section.variants]
            round_s += sum(said_s) / len(said_s)
            rounds = min(rounds, sum(min(form_count(line.text) for line in variant) for variant in section.variants))
    return round_s * rounds


def prepare_command(config: ShowConfig, content: Content, progress: Progress) -> dict[str, Any]:
    """`nightwindow prepare`."""
    from showroom.slates import make_slate

    avatar = prepare_avatar(progress)
    slate = asyncio.run(make_slate(config, content, cache_dir("slates")))
    progress(1.0, "done")
    lines = [avatar.note] if avatar.note else []
    return {"code": 0, "lines": [*lines, f"anchor: {avatar.npz}", f"slate: {slate}"]}


__all__ = ["ConfigError", "add_command", "ask_command", "check_command", "prepare_command", "say_command"]
