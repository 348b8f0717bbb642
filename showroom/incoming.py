"""The watched folder: a model that is put there goes through the gate and is on air, or its report says why not.

A file `desk-lamp.glb` becomes the sku `desk-lamp`, a new version of it where there is one. `desk-lamp.json` beside it may
hold {"name": "…", "price": "49.90", "size_m": "0.3,0.4,0.2"}. A product list (`prices.csv`) is taken as
`nightwindow add prices.csv` would; a list with its models comes as a folder (`spring/list.csv`, `spring/vase.glb`). What was
taken moves to `done/`, what was refused to `refused/`, each with `<file>.report.json` and a `.txt` in English and Chinese.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assets.gate.formats import PHOTOS
from showroom.additions import SUFFIXES, AddError, KeepError, add_model, parse_price, parse_size, sku_of
from showroom.config import ShowConfig
from showroom.content import Content
from showroom.product_lists import add_list

KEYS = ("name", "price", "size_m")
LISTS = (".csv", ".tsv", ".xml")  # in the folder itself, where a .json is what is said of the model beside it
KEPT = ("done", "refused")
Stamp = tuple[tuple[int, int], ...]  # size and time of a file, or of all files of a folder


class Incoming:
    """One folder; `look` is called every two seconds. alarm: a sentence for the operator."""

    def __init__(self, config: ShowConfig, content: Content, folder: Path, alarm: Callable[[str], None]) -> None:
        self._config, self._content, self._folder, self._alarm = config, content, folder, alarm
        self._sizes: dict[Path, Stamp] = {}
        self._stuck: set[Path] = set()

    async def look(self) -> bool:
        """Take one file, or folder with a list, that has stopped growing; True when there was one: worth looking again."""
        ready = await asyncio.to_thread(self._ready)
        if ready:
            await asyncio.to_thread(self._take, ready[0])
        return bool(ready)

    def _ready(self) -> list[Path]:
        """What has the size and time it had at the last look: its copying is over."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            found = {p: s for p in sorted(self._folder.iterdir()) if p not in self._stuck and (s := _stamp(p))}
        except OSError as error:
            if not self._stuck:
                self._alarm(f"{self._folder}: the watched folder cannot be read ({error.strerror})")
                self._stuck.add(self._folder)
            return []
        ready = [p for p, now in found.items() if self._sizes.get(p) == now]
        self._sizes = found
        return ready

    def _take(self, path: Path) -> None:
        beside = path.with_suffix(".json")
        try:
            result = self._judge_list(path) if path.is_dir() or path.suffix.lower() in LISTS else self._judge(path, beside)
        except KeepError as error:  # a full disk is not the file's fault: it stays and is tried again
            self._alarm(str(error))
            self._sizes.pop(path, None)
            return
        except AddError as error:
            result = {"code": 1, "verdict": "refused", "lines": [str(error)], "findings": [], "error": str(error)}
        place = self._folder / ("done" if result["code"] == 0 else "refused")
        try:
            place.mkdir(exist_ok=True)
            name = path.name
            if path.is_dir():
                name = _free_name(place, name)
                shutil.move(path, place / name)
            for file in (path, beside):
                if file.is_file():
                    shutil.move(file, place / file.name)
            report = {k: v for k, v in result.items() if k not in ("code", "lines")}
            words = json.dumps(report, ensure_ascii=False, indent=1, default=str)
            (place / f"{name}.report.json").write_text(words, "utf-8")
            (place / f"{name}.report.txt").write_text("\n".join(_sentences(path, result)) + "\n", "utf-8")
        except OSError as error:
            self._stuck.add(path)  # else it would be taken again and again
            self._alarm(f"{path}: cannot be moved away ({error.strerror}); it is not looked at again")
        if result["code"]:
            self._alarm(f"{path.name} is refused: {result['lines'][0]}")

    def _judge_list(self, path: Path) -> dict[str, Any]:
        lists = [path]
        if path.is_dir():
            lists = sorted(p for p in path.iterdir() if _is_list(p))
            if len(lists) != 1:
                raise AddError(f"{path.name}: a folder needs one product list; it has {len(lists)}.")
        result = add_list(self._config, self._content, lists[0], False)
        if result["errors"] and result["code"] == 0:
            self._alarm(f"{path.name}: {len(result['errors'])} rows are left out: {result['lines'][0]}")
        return {**result, "verdict": "accepted" if result["code"] == 0 else "refused", "findings": [
            {"code": "list/row", "tier": "refused", "line": m["line"],
             "message": {"en": f"Line {m['line']}: {m['sentence']}", "zh": f"第 {m['line']} 行：{m['sentence_zh']}"}}
            for m in result["errors"]], "summary": result["lines"][-1]}

    def _judge(self, path: Path, beside: Path) -> dict[str, Any]:
        given: dict[str, str] = {}
        if beside.exists():
            try:
                read = json.loads(beside.read_text(encoding="utf-8"))
                given = {k: str(v) for k, v in read.items() if v is not None}
            except (OSError, ValueError, AttributeError):
                raise AddError(f"{beside.name}: not JSON such as {{\"name\": \"Desk lamp\", \"price\": \"49.90\"}}.") from None
            if unknown := sorted(given.keys() - set(KEYS)):
                raise AddError(f"{beside.name}: unknown key {unknown[0]!r}; known are {', '.join(KEYS)}.")
        return add_model(self._config, self._content, path, sku_of(path.stem), given.get("name"),
                         parse_size(given.get("size_m")), False, parse_price(given.get("price"), self._content.market.currency),
                         new_version=True)


def _is_list(path: Path) -> bool:
    """A list, or the .json that speaks of no model beside it."""
    others = [p for p in path.parent.iterdir() if p.stem == path.stem and p.suffix.lower() in SUFFIXES]
    return path.is_file() and (path.suffix.lower() in LISTS or (path.suffix.lower() == ".json" and not others))


def _stamp(path: Path) -> Stamp:
    """() for what is not to be taken. Raises OSError."""
    if path.is_dir():
        files = [p for p in sorted(path.iterdir()) if p.is_file()] if path.name not in KEPT else []
        return tuple((s.st_size, s.st_mtime_ns) for s in (p.stat() for p in files)) if any(map(_is_list, files)) else ()
    kind = path.suffix.lower()
    # A picture alone may belong to a model beside it; with its .json it is a product's photo.
    taken = kind in LISTS or (kind in SUFFIXES and (kind not in PHOTOS or path.with_suffix(".json").exists()))
    if not taken or not path.is_file():
        return ()
    stat = path.stat()
    return ((stat.st_size, stat.st_mtime_ns),) if stat.st_size else ()


def _free_name(place: Path, name: str) -> str:
    """A folder's name that is not taken in `place`."""
    return next(n for k in range(1, 10_000) if not (place / (n := name if k == 1 else f"{name}-{k}")).exists())


def _sentences(path: Path, result: dict[str, Any]) -> list[str]:
    verdicts = {"accepted": "已接受", "repaired": "已修复", "refused": "已拒绝"}
    lines = [f"{path.name}: {result['verdict']} / {verdicts[result['verdict']]}"]
    if result.get("summary"):
        lines.append(str(result["summary"]))
    if result.get("error"):
        lines.append(str(result["error"]))
    for finding in result["findings"]:
        lines += [f"- {finding['message']['en']}", f"  {finding['message']['zh']}"]
    if why := result.get("why"):
        lines += [f"- {why['en']}", f"  {why['zh']}"]
    return lines
