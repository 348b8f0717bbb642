"""What the commands do. Each gives a dictionary: "code", "lines" for people, the rest for programs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assets.cache import cache_dir
from assets.checked import FieldError, require_language
from assets.knowledge import Passage
from assets.rundown_file import parse_text
from dialogue.adapters.e5 import installed
from dialogue.answering import Answerer
from dialogue.citing import Cited
from dialogue.contradictions import contradictions
from dialogue.language import detect
from dialogue.policy import Policy
from dialogue.ports import VoiceError
from dialogue.question import Question
from dialogue.sense import installed_sense
from dialogue.speaking import Blocked
from render.shots import SHOTS
from showroom.avatars import avatar_findings, chosen_look, prepare_presenters, said_of
from showroom.casting import voice_mistakes
from showroom.chat_wiring import reply_mistakes
from showroom.config import ConfigError, ShowConfig
from showroom.content import Content
from showroom.disclosures import to_confirm, unmet
from showroom.gesture_report import too_large_to_hold
from showroom.house_sound import bed_findings
from showroom.page_words import chinese as in_chinese
from showroom.parts import DOWNLOAD_TIMEOUT_S
from showroom.policy_report import script_findings, setup_findings
from showroom.questions import MAX_CHARS, clean_text
from showroom.rundown import REPEAT_S, form_count, worded
from showroom.search_model import prepare_search
from showroom.webvtt import SidecarError, read_sidecar, webvtt
from showroom.wiring import engine_of, key_missing, lacks_model, make_chats, ready_engine

Progress = Callable[[float, str], None]
WORDS_PER_S, PAUSE_S = 2.7, 0.42  # pace of the default voice, measured on the demo script; pause and gap of a sentence


def say_command(config: ShowConfig, content: Content, text: str, output: Path, language: str, product: str | None,
                shot: str, citations: tuple[str, ...], progress: Progress) -> dict[str, Any]:
    """`nightwindow say`."""
    from showroom.clips import say

    knowledge_now(config, content)
    mistakes = []
    if not clean_text(text):
        mistakes.append("There is nothing to say: the text is empty.")
    mistakes += parse_text(text)[2] if text.strip() else []
    if shot not in SHOTS:
        mistakes.append(f"--shot {shot}: choose one of {', '.join(SHOTS)}.")
    if product is not None and product not in content.products:
        mistakes.append(f"--product {product}: the catalogue has {', '.join(content.products)}.")
    if output.suffix not in (".mp4", ".png", ".jpg"):
        mistakes.append(f"-o {output}: the name must end in .mp4, .png or .jpg.")
    elif not output.resolve().parent.is_dir():
        mistakes.append(f"-o {output}: the folder {output.resolve().parent} does not exist.")
    try:
        require_language("--language", "value", language)
    except FieldError:
        mistakes.append(f"--language {language}: give a language such as en, zh or pt-BR.")
    mistakes += voice_mistakes(config, content.market)
    known = {p.id for p in content.passages}
    mistakes += [f"--cite {c}: no such passage in the knowledge base." for c in citations if c not in known]
    if mistakes:
        return {"code": 2, "lines": mistakes, "errors": mistakes}
    avatar = prepare_presenters(progress, config)
    engine, note = ready_engine(config, language, progress)  # what a voice lacks that was asked for by name, it says itself
    try:
        done = asyncio.run(say(config, content, avatar, clean_text(text), language, output, product=product, shot=shot,
                               citations=citations, engine=engine, progress=lambda what: progress(0.5, what)))
    except (Blocked, VoiceError, FieldError, RuntimeError, ConfigError) as error:
        return {"code": 1, "lines": [str(error)], "errors": [str(error)]}
    progress(1.0, "done")
    lines = [*([note] if note else []), f"{output}: {done['seconds']:.1f} s, "
             + (f"voice {done['engine']}" if done["engine"] else "nothing in it can be said")]
    return {"code": 0, "lines": lines, **done}


def knowledge_now(config: ShowConfig, content: Content) -> tuple[Passage, ...]:
    """Brings `content` to what merchandisers did while on air, where there is a state file; the passages that go with it."""
    from showroom.shelf import Shelf
    from showroom.store import Store, StoreError

    path = config.state_folder / "show.sqlite"
    if not path.exists():
        return content.passages
    try:
        store = Store(path)
    except StoreError:
        return content.passages  # `run` says what is wrong with it
    try:
        shelf = Shelf.quiet(config, content, store)
        shelf.open()
        return shelf.passages()
    finally:
        store.close()


def ask_command(config: ShowConfig, content: Content, words: str, language: str | None, product: str | None) -> dict[str, Any]:
    """`nightwindow ask`."""
    words = clean_text(words)
    if not words or len(words) > MAX_CHARS:
        line = "There is no question." if not words else f"The question has {len(words)} characters; at most {MAX_CHARS}."
        return {"code": 2, "lines": [line], "errors": [line]}
    passages = knowledge_now(config, content)
    if product is not None and product not in content.products:
        line = f"--product {product}: the catalogue has {', '.join(content.products)}."
        return {"code": 2, "lines": [line], "errors": [line]}
    spoken = language or detect(words, content.market.language)
    try:
        question = Question("ask", "operator", words, spoken, datetime.now(UTC))
    except FieldError as error:
        return {"code": 2, "lines": [str(error)], "errors": [str(error)]}
    answer = Answerer(passages, content.products, content.market, embedder=installed()).answer(question, on_show=product)
    sources = {p.id: p.source for p in passages}
    cited = [{"id": c, "source": sources.get(c, "catalogue")} for c in answer.citations]
    lines = [answer.text, *(f"  [{c['id']}] {c['source']}" for c in cited)]
    return {"code": 0, "lines": lines, "answer": answer.text, "language": answer.language, "refusal": answer.refusal,
            "confidence": round(answer.confidence, 3), "citations": cited, "spoken": [u.text for u in answer.utterances]}


def add_command(config: ShowConfig, content: Content, model: Path, sku: str | None, name: str | None, size_m: str | None,
                dry_run: bool, price: str | None = None, new_version: bool = False,
                report: Path | None = None) -> dict[str, Any]:
    """`nightwindow add`. report: where to write the page with pictures."""
    from showroom.additions import AddError, add_model, parse_price, parse_size
    from showroom.product_lists import SUFFIXES, add_list
    from showroom.product_report import write_report

    try:
        if model.suffix.lower() in SUFFIXES:
            return add_list(config, content, model, dry_run)
        result = add_model(config, content, model, sku or model.stem, name, parse_size(size_m), dry_run,
                           parse_price(price, content.market.currency), new_version)
        if report is not None:
            why = write_report(report, model, parse_size(size_m), result, config.picture.driver)
            result["lines"].append(f"report: {report}" + (f" (without pictures: {why})" if why else ""))
        return result
    except OSError as error:
        sentence = f"{report}: the report cannot be written ({error.strerror})."
        return {"code": 2, "lines": [sentence], "errors": [sentence]}
    except AddError as error:
        return {"code": 2, "lines": [str(error)], "errors": [str(error)]}


def product_command(config: ShowConfig, content: Content, action: str, sku: str | None, price: str | None) -> dict[str, Any]:
    """`nightwindow product`: works on the state file, so with the show on air and without."""
    from showroom.additions import AddError, change_price, parse_price
    from showroom.shelf import Shelf
    from showroom.store import Store, StoreError
    from showroom.versions import VersionError

    try:
        store = Store(config.state_folder / "show.sqlite")
    except StoreError as error:
        return {"code": 2, "lines": [str(error)], "errors": [str(error)]}
    try:
        shelf = Shelf.quiet(config, content, store)
        shelf.open()
        if action == "list":
            return _product_list(content, shelf)
        if not sku:
            raise AddError(f"{action}: name the product's sku; `nightwindow product list` shows them.")
        if action == "price":
            given = parse_price(price, content.market.currency)
            if given is None:
                raise AddError(f"price: write the new one, such as `nightwindow product price {sku} 49.90`.")
            return change_price(config, content, store, sku, given)
        asyncio.run(shelf.decide(sku, action))
        state = "in the show" if sku in content.products else "not in the show"
        return {"code": 0, "lines": [f"{sku}: {action} done; it is {state}."], "sku": sku, "in_show": sku in content.products}
    except (AddError, VersionError) as error:
        return {"code": 2, "lines": [str(error)], "errors": [str(error)]}
    except (StoreError, OSError) as error:
        return {"code": 1, "lines": [f"Not done: {error}"], "errors": [str(error)]}
    finally:
        store.close()


def _product_list(content: Content, shelf: Any) -> dict[str, Any]:
    from showroom.versions import OFF, WAITING, why_words

    rows = [{"sku": sku, "name": p.name(content.market.language), "state": "on_air", "plinth": content.homes.get(sku),
             "price": f"{p.price.amount} {p.price.currency}" if p.price else ""} for sku, p in content.products.items()]
    for version in shelf.versions.all():
        if version.state == WAITING or (version.state == OFF and version.sku not in content.products):
            rows.append({"sku": version.sku, "name": version.sku, "state": version.state, "plinth": None, "price": "",
                         "why": why_words(version.why)["en"]})
    lines = [f"{r['sku']:<20} {r['state']:<10} {r['plinth'] or '-':<10} {r['price']:<14} {r.get('why') or r['name']}"
             for r in rows]
    return {"code": 0, "lines": lines, "products": rows}


def captions_command(sidecar: Path, output: Path | None) -> dict[str, Any]:
    """`nightwindow captions`."""
    target = output or sidecar.with_suffix(".vtt")
    try:
        text = webvtt(read_sidecar(sidecar))
        target.write_text(text, encoding="utf-8")
    except (SidecarError, OSError) as error:
        words = str(error) if isinstance(error, SidecarError) else f"{error.filename}: {error.strerror}"
        return {"code": 2, "lines": [words], "error": words}
    count = text.count(" --> ")
    return {"code": 0, "lines": [f"{target}: {count} captions"], "output": str(target), "captions": count}


def check_command(config: ShowConfig, content: Content) -> dict[str, Any]:
    """`nightwindow check`: what loading has not refused already: policy over every wording, plinths, capacity."""
    mistakes: list[str] = []
    warnings = list(content.warnings)
    policy = Policy(content.policy, Cited(content.passages, content.products), installed_sense())
    language = content.market.language
    try:
        for choice in (config.show.avatar, *config.show.anchors.values()):
            presenter = avatar_findings(chosen_look(choice, config.folder), config.show.avatar_permission)
            mistakes += said_of(config, presenter, language, ("refused",))
            warnings += said_of(config, presenter, language, ("warned", "repaired"))
        make_chats(config)
        mistakes += reply_mistakes(config)
        mistakes += lacks_model(config)
    except ConfigError as error:
        mistakes += error.mistakes
    broken = voice_mistakes(config, content.market)
    mistakes += [in_chinese(b) for b in broken] if language.startswith("zh") else broken
    warnings += [] if broken else key_missing(config, language)
    path = config.path(config.show.rundown)
    found = [*script_findings(path, content.rundown, policy, language), *setup_findings(content), *unmet(config, content),
             *bed_findings(config)]
    chinese = language.startswith("zh")
    mistakes += [f.zh if chinese else f.en for f in found]
    homeless = "{}：没有空着或够大的展台，只在轮到它时展示" if chinese else (
        "{}: no plinth is free or large enough; it is shown only when it is its turn")
    warnings += [homeless.format(sku) for sku, home in content.homes.items() if home is None]
    warnings += [f.zh if chinese else f.en for f in to_confirm(config, content)]
    warnings += too_large_to_hold(path, content.rundown, content.products)
    today = datetime.now(UTC).date()
    warnings += [f.zh if chinese else f.en for f in contradictions(content.passages, content.products, today)]
    capacity_s = script_capacity_s(content)
    if capacity_s < REPEAT_S:
        warnings.append(_short_script(path, capacity_s, chinese))
    products, passages = len(content.products), len(content.passages)
    lines = [*mistakes, *warnings, _summary(products, passages, capacity_s, len(mistakes), chinese)]
    return {"code": 2 if mistakes else 0, "lines": lines, "errors": mistakes, "warnings": warnings, "products": products,
            "passages": passages, "script_s": round(capacity_s)}


def _short_script(path: Path, capacity_s: float, chinese: bool) -> str:
    minutes, hours = f"{capacity_s / 60:.0f}", f"{REPEAT_S / 3600:.0f}"
    if chinese:
        return f"{path}：台词约 {minutes} 分钟后就要逐字重复，至少需要 {hours} 小时。请增加变体，或写成 {{甲|乙}} 这样的选项。"
    return (f"{path}: the script lasts about {minutes} minutes before a sentence must be repeated word for word; {hours} hours "
            "are wanted. Add variants or choices like {a|b}.")


def _summary(products: int, passages: int, capacity_s: float, mistakes: int, chinese: bool) -> str:
    """The last line of `check`."""
    if chinese:
        told = f"{mistakes} 处错误" if mistakes else "没有错误"
        return f"{products} 件商品，{passages} 条资料，台词约 {capacity_s / 3600:.1f} 小时：{told}"
    told = f"{mistakes} mistake{'s' * (mistakes > 1)}" if mistakes else "no mistakes"
    return f"{products} products, {passages} passages, script of about {capacity_s / 3600:.1f} h: {told}"


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
    from showroom.packing import packed
    from showroom.slates import make_slate
    from showroom.voice_arrival import Arrival

    arrival = Arrival(engine_of(config, content.market.language))  # beside what follows
    avatar = prepare_presenters(progress, config)
    search, voice = prepare_search(progress), arrival.wait(DOWNLOAD_TIMEOUT_S, progress)
    slate = asyncio.run(make_slate(config, content, cache_dir("slates")))
    notes = [packed(product.packs["broadcast"])[1] for product in content.products.values() if "tour" not in product.packs]
    progress(1.0, "done")
    lines = [note for note in (avatar.note, search, voice, *(n.message_en for n in notes if n)) if note]
    return {"code": 0, "lines": [*lines, f"anchor: {avatar.npz}", f"slate: {slate}"]}


__all__ = ["ConfigError", "add_command", "ask_command", "check_command", "prepare_command", "say_command"]
