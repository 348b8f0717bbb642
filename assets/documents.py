"""A shop's documents as passages: each read in a locked process, each piece with an id that survives edits elsewhere."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

from assets.checked import FieldError
from assets.document_text import SUFFIXES
from assets.findings import Mistake
from assets.knowledge import Passage

MAX_BYTES = 64 * 1024**2
TIMEOUT_S = 30.0  # the worker's own limit is ten seconds of processor time
_TAGS = re.compile(r"\.([a-z]{2})(?:-([A-Z]{2}))?\.(?:until-(\d{4}-\d\d-\d\d)\.)?[a-z]+$|\.until-(\d{4}-\d\d-\d\d)\.[a-z]+$")
_SCRIPTS = (("ja", r"[\u3040-\u30ff]"), ("zh", r"[\u3400-\u9fff]"), ("th", r"[\u0e00-\u0e7f]"), ("hi", r"[\u0900-\u097f]"),
            ("ar", r"[\u0600-\u06ff]"), ("ru", r"[\u0400-\u04ff]"))


def load_documents(folder: Path, mistakes: list[Mistake]) -> list[Passage]:
    """Passages of every document in `folder`, in order of names. What cannot be read becomes a mistake.

    A name may tell language, region and last day: "returns.de-AT.until-2027-03-31.pdf". Without a language it follows from
    the script of the text, Latin letters count as English.
    """
    made: list[Passage] = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()) if folder.is_dir() else ():
        if path.suffix.lower() not in SUFFIXES:
            mistakes.append(Mistake(path, 0, f"documents may be {', '.join(SUFFIXES)}"))
            continue
        pieces, refused = _read(path)
        if refused:
            mistakes.append(Mistake(path, 0, refused))
        for piece in pieces:
            _add(made, path, path.relative_to(folder).as_posix(), piece, mistakes)
    return made


def _read(path: Path) -> tuple[list[dict[str, str]], str]:
    """Pieces, or why there are none."""
    if path.stat().st_size > MAX_BYTES:
        return [], f"is larger than {MAX_BYTES // 1024**2} MB; split it"
    try:
        done = subprocess.run([sys.executable, "-m", "assets.document_worker", str(path.resolve())], capture_output=True,
                              timeout=TIMEOUT_S, cwd=Path(__file__).parents[1], check=False)
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return [], f"took longer than {TIMEOUT_S:.0f} s to read; split it"
    except ValueError:
        return [], "could not be read within the limits on time and memory; split it, or save it anew"
    return answer.get("pieces", []), answer.get("refused", "")


def _add(made: list[Passage], path: Path, name: str, piece: dict[str, str], mistakes: list[Mistake]) -> None:
    tags = _TAGS.search(path.name)
    until = piece.get("valid_until") or (tags and (tags[3] or tags[4])) or None
    if until:
        try:
            date.fromisoformat(until)
        except ValueError:
            mistakes.append(Mistake(path, 0, f"{piece['place']}: valid_until is {until!r}; write a date such as 2027-03-31"))
            return
    text = piece["text"]
    stem = re.sub(r"[^A-Za-z0-9]+", "-", name.split(".")[0]).strip("-") or "document"
    ident = piece.get("id") or f"doc:{stem}:{hashlib.sha256(text.encode()).hexdigest()[:10]}"
    if not piece.get("id") and any(p.id == ident for p in made):
        return  # the same words stand twice: a page's foot, say
    try:
        made.append(Passage(ident, "faq" if piece.get("question") else "text", text, f"documents/{name}:{piece['place']}",
                            piece.get("language") or (tags and tags[1]) or _language(text), piece.get("sku"),
                            piece.get("question"), region=piece.get("region") or (tags and tags[2]) or None, valid_until=until))
    except FieldError as error:
        mistakes.append(Mistake(path, 0, f"{piece['place']}: {error}"))


def _language(text: str) -> str:
    return next((language for language, script in _SCRIPTS if re.search(script, text)), "en")
