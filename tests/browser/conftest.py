"""One Chromium and one running show for all browser tests. Playwright's sync API wants a thread without an event loop,
and pytest-asyncio wants the main one: so the tests of this folder run in a thread of their own.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.browser.pages import Pages
from tests.fakes.running_show import RunningShow

_THREAD = ThreadPoolExecutor(1, thread_name_prefix="browser")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--autoplay-policy=user-gesture-required"]


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool:
    """Run the test where its browser lives."""
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    _THREAD.submit(pyfuncitem.obj, **arguments).result()
    return True


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """The system's Chromium."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    def start() -> tuple[Any, Any]:
        playwright = sync_playwright().start()
        return playwright, playwright.chromium.launch(executable_path=path, args=SWITCHES)

    playwright, browser = _THREAD.submit(start).result()
    yield browser
    _THREAD.submit(lambda: (browser.close(), playwright.stop())).result()


@pytest.fixture(scope="package")
def show(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShow]:
    """The demo show, on air, recorded to <folder>/night.mp4."""
    folder: Path = tmp_path_factory.mktemp("night")
    run = RunningShow(folder, "--record", str(folder / "night.mp4"))
    try:
        run.wait_on_air()
        yield run
    finally:
        run.stop()


@pytest.fixture(scope="package")
def pages(chromium: Any, show: RunningShow) -> Iterator[Pages]:
    """Opens pages of the show; closes them at the end."""
    made = Pages(chromium, f"http://127.0.0.1:{show.port}")
    yield made
    _THREAD.submit(made.close).result()


@pytest.fixture(scope="package")
def walker(pages: Pages) -> Any:
    """A small walking page with cheap pictures, drawn only when a test says so."""
    return _THREAD.submit(lambda: pages.open("/?manual&lite", ready=True)).result()


@pytest.fixture
def open_page(pages: Pages) -> Iterator[Callable[..., Any]]:
    """Pages of one test."""
    before = set(pages.contexts)
    yield pages.open
    _THREAD.submit(lambda: pages.close(before)).result()
