"""Makes dialogue/learned/spaces.npz: what sentences of each language share, the directions in which words are compared, and
what the words of questions share in each language.

`pip download --no-deps --dest wheels django` and `python -m dialogue.training.spaces wheels/django*.whl`.
Texts: the messages of Django's own translations (BSD-3-Clause; parallel in some fifty languages, so that what differs
between two means is the language and not the topic) and this folder's questions. About four minutes on one core.
"""

from __future__ import annotations

import argparse
import gettext
import io
import re
import zipfile
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dialogue.adapters.e5 import E5Embedder, installed
from dialogue.late import TokenSpace
from dialogue.ports import LANGUAGES
from dialogue.training.shop_set import questions_of

FURTHER = ("tr", "el", "ko", "nl", "pl", "sv", "uk", "ro", "cs", "hu", "fi", "da", "bg", "fa", "he", "ca")
AXES = 128  # of 768: keeps the order of likenesses, a sixth of the memory
MESSAGES = 420  # a language; more change the means by less than 0.01
_LOCALE = {"zh": "zh_Hans"}


def messages(wheel: Path, language: str) -> list[str]:
    """Django's messages in a language (the originals for English), without markup and placeholders."""
    with zipfile.ZipFile(wheel) as archive:
        folder = "de" if language == "en" else _LOCALE.get(language, language)  # the originals stand beside translations
        names = [n for n in archive.namelist() if n.endswith(f"/locale/{folder}/LC_MESSAGES/django.mo")]
        found: list[str] = []
        for name in sorted(names):
            catalogue = gettext.GNUTranslations(io.BytesIO(archive.read(name)))
            pairs: dict[object, str] = vars(catalogue)["_catalog"]
            found += [key if language == "en" else value for key, value in pairs.items() if isinstance(key, str) and key]
    shortest = 6 if language in ("zh", "ja", "ko") else 18
    return list(dict.fromkeys(text for text in map(cleaned, found) if len(text) > shortest))[:MESSAGES]


def cleaned(text: str) -> str:
    """A message without markup and placeholders."""
    return re.sub(r"\s+", " ", re.sub(r"%\(?\w*\)?[sd]?|\{\w*\}|<[^>]+>|&\w+;", " ", text)).strip()


def own_questions(language: str) -> list[str]:
    """This folder's questions in a language."""
    tables = (questions_of("shop_questions"), questions_of("strange_questions"))
    return [text for table in tables for row in table.values() for text in row.get(language, ())]


def main() -> None:
    """Write the file and say how far languages lie apart before and after."""
    parser = argparse.ArgumentParser(prog="python -m dialogue.training.spaces")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--to", type=Path, default=Path(str(files("dialogue.learned") / "spaces.npz")))
    chosen = parser.parse_args()
    embedder = installed()
    if embedder is None:
        raise SystemExit("the search model is not here; run `nightwindow prepare` first")
    made: dict[str, NDArray[np.float32]] = {}
    samples: list[NDArray[np.float32]] = []
    asked: dict[str, NDArray[np.float32]] = {}
    for language in (*LANGUAGES, *FURTHER):
        texts = messages(chosen.wheel, language)
        if len(texts) < 100:
            print(f"{language}: {len(texts)} messages only, left out")
            continue
        made[f"passage_{language}"], tokens = _mean(embedder, texts, False)
        made[f"question_{language}"], asked[language] = _mean(embedder, [*texts[::2], *own_questions(language)], True)
        samples.append(tokens)
        print(language, len(texts), flush=True)
    for kind in ("passage", "question"):
        made[f"{kind}_all"] = np.mean([v for name, v in made.items() if name.startswith(kind)], axis=0)
    made["token_mean"], made["token_axes"] = _axes(samples)
    words = TokenSpace(made["token_mean"], made["token_axes"])
    made |= {f"asked_{language}": words.project(tokens).mean(axis=0) for language, tokens in asked.items()}
    made["asked_all"] = np.mean([v for name, v in made.items() if name.startswith("asked_")], axis=0)
    target = chosen.to
    np.savez_compressed(target, **{name: value.astype(np.float16) for name, value in made.items()})  # type: ignore[arg-type]
    print(f"{target}: {target.stat().st_size / 1000:.0f} kB")


def _mean(embedder: E5Embedder, texts: list[str], question: bool) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    found = embedder.embed(texts, question=question)
    return np.mean([f.vector for f in found], axis=0), np.concatenate([f.tokens for f in found])[::3]


def _axes(samples: list[NDArray[np.float32]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(mean, axes) of words: principal directions of what words differ in, every language with equal weight."""
    mean = np.mean([tokens.mean(axis=0) for tokens in samples], axis=0)
    spread = np.mean([np.cov((tokens - tokens.mean(axis=0)).T) for tokens in samples], axis=0)
    values, vectors = np.linalg.eigh(spread)
    return mean, vectors[:, np.argsort(-values)[:AXES]].astype(np.float32)


if __name__ == "__main__":
    main()
