"""`nightwindow run`: from configuration to a show on air, and back to a quiet machine."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import structlog
from rich.console import Console

from assets.priority import come_first
from showroom.avatars import prepare_presenters, said_of
from showroom.config import ConfigError, ShowConfig
from showroom.content import Content
from showroom.search_model import prepare_search
from showroom.store import StoreError
from showroom.voice_arrival import Arrival
from showroom.wiring import engine_of

EXIT_INPUT = 2
# How long a thread that works in Python (search, speech to movement) keeps the interpreter from the loop each time the loop has
# let go of it, at every send: with Python's own 5 ms an answer's way through some twenty sends took 80 ms now and then.
TURN_S = 0.001


def run_show(config: ShowConfig, content: Content, progress: Callable[[float, str], None], out: Console, err: Console) -> int:
    """Blocks until the show ends; the exit code."""
    import uvloop

    configure_logs(config.state_folder)
    try:
        with only_host(config.state_folder):
            voice = Arrival(engine_of(config, content.market.language))
            avatar = prepare_presenters(progress, config, on_air=True)
            if search_note := prepare_search(progress):
                err.print(search_note, markup=False, soft_wrap=True)
            if voice_note := voice.wait(progress=progress):
                err.print(voice_note, markup=False, soft_wrap=True)
            if avatar.note:
                err.print(avatar.note, markup=False)
            for sentence in said_of(config, avatar.findings, content.market.language):
                err.print(sentence, markup=False, soft_wrap=True)
            for sentence in content.warnings:
                err.print(sentence, markup=False, soft_wrap=True)
            return uvloop.run(_run(config, content, avatar, out, voice_note))
    except ConfigError as error:
        err.print(str(error), markup=False, soft_wrap=True)
    except StoreError as error:
        err.print(str(error), markup=False, soft_wrap=True)
    except OSError as error:
        err.print(sentence_for(error, config), markup=False, soft_wrap=True)
    except RuntimeError as error:
        err.print(str(error), markup=False, soft_wrap=True)
        return 1
    return EXIT_INPUT


async def _run(config: ShowConfig, content: Content, avatar: object, out: Console, voice_note: str) -> int:
    from showroom.app import App
    from showroom.server import Tokens, serve

    sys.setswitchinterval(TURN_S)
    come_first()  # not earlier: an anchor that is built first is minutes of work that nobody hears
    app, tokens, ready = App(config, content, avatar), Tokens(), asyncio.Event()  # type: ignore[arg-type]
    if voice_note:
        app.alarm(voice_note)
    show = asyncio.create_task(serve(app, tokens, ready))
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(thread_name_prefix="host", initializer=come_first))
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, show.cancel)
    announce = asyncio.create_task(ready.wait())
    await asyncio.wait({show, announce}, return_when=asyncio.FIRST_COMPLETED)
    if ready.is_set():
        url = f"http://{config.server.host}:{config.server.port}/"
        secret = f"#token={tokens.operator}" if tokens.made_up else " (token: $NIGHTWINDOW_OPERATOR_TOKEN)"
        out.print(f"On air: {url}   operator: {url}operator{secret}", soft_wrap=True)
    with contextlib.suppress(asyncio.CancelledError):
        await show
    announce.cancel()
    return 0


def sentence_for(error: OSError, config: ShowConfig) -> str:
    """One sentence for what the operating system refused."""
    server = config.server
    if error.errno == errno.EADDRINUSE:
        return (f"Port {server.port} or {server.ws_port} on {server.host} is in use; stop the other program or choose "
                "others with --port and --ws-port.")
    if error.errno == errno.EACCES and server.port < 1024:
        return f"Port {server.port} needs administrator rights; choose one above 1023 with --port."
    if error.errno == errno.ENOSPC:
        return f"The disk of {config.state_folder} is full; make room and start again."
    return f"{error.filename or config.state_folder}: {error.strerror or error}"


@contextlib.contextmanager
def only_host(folder: Path) -> Iterator[None]:
    """One host for one state folder; the lock dies with the process, however it dies."""
    import fcntl

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "host.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConfigError([f"Another nightwindow runs this show ({folder}); stop it first or set state.folder."]) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def configure_logs(folder: Path) -> None:
    """Readable lines on a terminal, JSON elsewhere; viewers' words never, they live in the store."""
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), renderer],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
