"""Progress of what is built once: a bar on a terminal, a line per step in a log."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class Bar:
    """Call with (0..1, what is being done)."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar: Progress | None = None
        self._task = TaskID(0)
        self._said = ""

    def __call__(self, share: float, what: str) -> None:
        if not self._console.is_terminal:
            if what != self._said:
                self._said = what
                self._console.print(f"{what} …", markup=False)
            return
        if self._bar is None:
            self._bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(),
                                 console=self._console, transient=True)
            self._bar.start()
            self._task = self._bar.add_task(what, total=1.0)
        self._bar.update(self._task, completed=share, description=what)
        if share >= 1.0:
            self._bar.stop()
            self._bar = None
