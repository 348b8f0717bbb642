"""The command line: parses and calls. Exit 0 done, 1 refused or failed, 2 wrong usage or input."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console

from showroom.config import ConfigError, ShowConfig, load_config

if TYPE_CHECKING:
    from showroom.content import Content

DEMO = Path("examples/demo/show.toml")
app = typer.Typer(name="nightwindow", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="A shop window that talks all night.")
err = Console(stderr=True, highlight=False)
out = Console(highlight=False)

Show = Annotated[Path, typer.Option("--show", help="show.toml of the show")]
Json = Annotated[bool, typer.Option("--json", help="one JSON value on standard output")]


def fail(mistakes: list[str], code: int = 2, as_json: bool = False) -> NoReturn:
    """Print one sentence per mistake and end."""
    if as_json:
        print(json.dumps({"ok": False, "errors": mistakes}, ensure_ascii=False))
    for mistake in mistakes:
        err.print(mistake, markup=False, soft_wrap=True)
    raise typer.Exit(code)


def load(path: Path, overrides: dict[str, dict[str, object]] | None = None,
         as_json: bool = False) -> tuple[ShowConfig, Content]:
    """Configuration and content, or every mistake and exit 2."""
    from showroom.content import load_content

    try:
        config = load_config(path, overrides)
        return config, load_content(config)
    except ConfigError as error:
        fail(error.mistakes, as_json=as_json)


def progress_line() -> Callable[[float, str], None]:
    """A progress bar on a terminal, lines in a log."""
    from showroom.progress import Bar

    return Bar(err)


@app.command()
def run(show: Annotated[Path, typer.Argument(help="show.toml")] = DEMO,
        push: Annotated[list[str] | None, typer.Option(help="rtmp://, rtmps:// or srt:// target; may be given often")] = None,
        record: Annotated[Path | None, typer.Option(help="record to this .mp4, with a .jsonl sidecar")] = None,
        port: Annotated[int | None, typer.Option(help="port of the pages")] = None,
        ws_port: Annotated[int | None, typer.Option(help="port of the viewer socket")] = None,
        host: Annotated[str | None, typer.Option(help="address to listen on; 127.0.0.1 unless told otherwise")] = None,
        driver: Annotated[str | None, typer.Option(help="auto, gl, tiny or off (browsers only)")] = None,
        voice: Annotated[str | None, typer.Option(help="voice of the anchor")] = None) -> None:
    """Put a show on air until Ctrl-C."""
    overrides: dict[str, dict[str, object]] = {"server": {}, "feeds": {}, "picture": {}, "voice": {}}
    for section, key, value in (("server", "port", port), ("server", "ws_port", ws_port), ("server", "host", host),
                                ("picture", "driver", driver), ("voice", "engine", voice)):
        if value is not None:
            overrides[section][key] = value
    if push:
        overrides["feeds"]["push"] = push
    if record:
        overrides["feeds"]["record"] = str(record.resolve())
    config, content = load(show, {k: v for k, v in overrides.items() if v})
    from showroom.runner import run_show

    raise typer.Exit(run_show(config, content, progress_line(), out, err))


@app.command()
def capture(to: Annotated[str, typer.Option(help="the show, such as wss://shop.example")] = "http://127.0.0.1:8080",
            camera: Annotated[str, typer.Option(help="number of the camera, or a video file")] = "0",
            microphone: Annotated[str, typer.Option(help="'default', or a sound file")] = "default",
            voice_only: Annotated[bool, typer.Option("--voice-only", help="no camera: your voice, the AI's body")] = False,
            picture: Annotated[bool, typer.Option("--picture", help="you yourself are seen, cut out from your room")] = False,
            take: Annotated[bool, typer.Option("--take", help="go on air as soon as all is ready")] = False,
            consent: Annotated[bool, typer.Option("--consent", help="agree to what is sent, without being asked")] = False,
            insecure: Annotated[bool, typer.Option("--insecure", help="allow ws:// to another machine")] = False) -> None:
    """Perform the anchor yourself: your face and voice, on air when you say so. Token in NIGHTWINDOW_OPERATOR_TOKEN."""
    from showroom.capture_command import Wish, capture_command

    wish = Wish(None if voice_only else camera, microphone, to, take, consent, insecure, picture)
    raise typer.Exit(capture_command(wish, out, err))


@app.command()
def say(text: str,
        output: Annotated[Path, typer.Option("-o", "--output", help=".mp4, or .png for one picture")] = Path("clip.mp4"),
        language: Annotated[str | None, typer.Option(help="BCP 47; the market's language unless given")] = None,
        product: Annotated[str | None, typer.Option(help="sku on the plinth")] = None,
        shot: Annotated[str, typer.Option(help="wide, medium or product")] = "medium",
        cite: Annotated[list[str] | None, typer.Option(help="passage behind a claim in the text")] = None,
        show: Show = DEMO, as_json: Json = False) -> None:
    """Speak a text into a clip: the quickest way to see a change."""
    config, content = load(show, as_json=as_json)
    from showroom.commands import say_command

    finish(say_command(config, content, text, output, language or content.market.language, product, shot,
                       tuple(cite or ()), progress_line()), as_json)


@app.command()
def ask(question: str, language: Annotated[str | None, typer.Option(help="BCP 47; detected unless given")] = None,
        product: Annotated[str | None, typer.Option(help="sku on show")] = None,
        show: Show = DEMO, as_json: Json = False) -> None:
    """Answer a question from the knowledge base and print the sources."""
    config, content = load(show, as_json=as_json)
    from showroom.commands import ask_command

    finish(ask_command(config, content, question, language, product), as_json)


@app.command()
def script(sku: Annotated[str, typer.Argument(help="of a product of the show, or a product.toml")],
           language: Annotated[str | None, typer.Option(help="BCP 47; the market's unless given")] = None,
           output: Annotated[Path | None, typer.Option("-o", "--output", help=".toml; else printed")] = None,
           show: Show = DEMO, as_json: Json = False) -> None:
    """Draft a product's part of rundown.toml from its facts, through the policy."""
    config, content = load(show, as_json=as_json)
    from showroom.script_command import script_command

    finish(script_command(config, content, sku, language, output), as_json)


@app.command()
def captions(sidecar: Annotated[Path, typer.Argument(help="the .jsonl beside a recording")],
             output: Annotated[Path | None, typer.Option("-o", "--output", help=".vtt; else beside the sidecar")] = None,
             as_json: Json = False) -> None:
    """Write the captions of a recording as WebVTT: timed word by word, answers in the asker's language too."""
    from showroom.commands import captions_command

    finish(captions_command(sidecar, output), as_json)


@app.command()
def add(model: Path, sku: Annotated[str | None, typer.Option(help="sku; the file's name unless given")] = None,
        name: Annotated[str | None, typer.Option(help="what it is called")] = None,
        size_m: Annotated[str | None, typer.Option(help="listed width,height,depth in metres, such as 0.3,0.45,0.16")] = None,
        price: Annotated[str | None, typer.Option(help="such as 49.90 or '49.90 EUR'")] = None,
        new_version: Annotated[bool, typer.Option("--new-version", help="of a product that is in the show already")] = False,
        dry_run: Annotated[bool, typer.Option(help="check only")] = False,
        report: Annotated[Path | None, typer.Option(help="write findings and pictures to this .html")] = None,
        show: Show = DEMO, as_json: Json = False) -> None:
    """Check a product model or photo and place it on a free plinth; a .csv, .json or feed is a whole list of products.

    Exit 0 accepted or repaired, 1 refused.
    """
    config, content = load(show, as_json=as_json)
    from showroom.commands import add_command

    finish(add_command(config, content, model, sku, name, size_m, dry_run, price, new_version, report), as_json)


@app.command()
def product(action: Annotated[str, typer.Argument(help="list, approve, reject, withdraw, rollback or price")] = "list",
            sku: Annotated[str | None, typer.Argument(help="of the product")] = None,
            price: Annotated[str | None, typer.Argument(help="for price: such as 49.90 or '49.90 EUR'")] = None,
            show: Show = DEMO, as_json: Json = False) -> None:
    """The show's products and their versions; a running show follows within two seconds."""
    config, content = load(show, as_json=as_json)
    from showroom.commands import product_command

    finish(product_command(config, content, action, sku, price), as_json)


@app.command()
def check(show: Annotated[Path, typer.Argument(help="show.toml")] = DEMO, as_json: Json = False) -> None:
    """Check configuration, assets, script, knowledge and policy; list every mistake."""
    config, content = load(show, as_json=as_json)
    from showroom.commands import check_command

    finish(check_command(config, content), as_json)


@app.command()
def voices(output: Annotated[Path, typer.Option("--output", "-o", help="page to write")] = Path("voices.html"),
           language: Annotated[str | None, typer.Option(help="BCP 47; the market's by default")] = None,
           say: Annotated[list[str] | None, typer.Option(help="a sentence of your own; may be given again")] = None,
           network: Annotated[bool, typer.Option(help="also voices that send the sentences to others")] = False,
           most: Annotated[int, typer.Option(min=1, max=90, help="voices at most")] = 90,
           show: Show = DEMO, as_json: Json = False) -> None:
    """A page on which every voice of a language says the same sentences, with loudness, pace and cost."""
    config, content = load(show, as_json=as_json)
    from showroom.voices_page import voices_command

    finish(voices_command(config, content.market, language or content.market.language, output, tuple(say or ()), network,
                          most, progress_line()), as_json)


@app.command()
def doctor(as_json: Json = False) -> None:
    """What this machine has and lacks: drivers, codecs, fonts, voices, parts, ports."""
    from showroom.doctor import examine

    finish(examine(), as_json)


@app.command()
def prepare(show: Annotated[Path, typer.Argument(help="show.toml")] = DEMO) -> None:
    """Build what is built once (the anchor, the slate), so that `run` starts at once."""
    config, content = load(show)
    from showroom.commands import prepare_command

    finish(prepare_command(config, content, progress_line()), False)


@app.command()
def soak(hours: Annotated[float, typer.Option(help="how long")] = 24.0,
         minutes: Annotated[float | None, typer.Option(help="how long, in minutes")] = None,
         report: Annotated[Path | None, typer.Option(help="write the table here too")] = None) -> None:
    """Run the demo with pushes, a recording, viewers and questions, and print what it cost."""
    from showroom.soak import soak_command

    raise typer.Exit(soak_command(minutes * 60 if minutes else hours * 3600, report, out))


def finish(result: dict[str, Any], as_json: bool) -> NoReturn:
    """Print a command's result ("lines" for people, the rest for programs) and end with its "code"."""
    code, lines = int(result.pop("code", 0)), result.pop("lines", [])
    if as_json:
        print(json.dumps({"ok": code == 0, **result}, ensure_ascii=False, default=str))
    else:
        for line in lines:
            (err if code else out).print(line, markup=False, soft_wrap=True)
    raise typer.Exit(code)


def main() -> None:
    """Entry point. Before numpy is imported: idle BLAS threads spin and would take a core from the picture."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it tells of every index it builds
    try:
        app()
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)


if __name__ == "__main__":
    main()
