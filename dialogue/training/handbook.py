"""How well sentences and paragraphs of one subject are found, and how well it is told that an answer was taken out.

`python -m dialogue.training.handbook FOLDER`, FOLDER being doc/HTML of Debian's package kstars-data 3.6.2 (`apt-get download
kstars-data; dpkg -x kstars-data_*.deb x`; x/usr/share/doc/HTML). The weights for sentences were chosen on these questions
(dialogue/training/heads.py, dialogue/answerability.py): the figures are no held-out ones.
"""

from __future__ import annotations

import argparse
import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from dialogue.corpus import Corpus
from dialogue.evaluate import area

_ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Ý(«\"])")
_NAMED = {"kstars": "KStars"}
LEAST_PARAGRAPH, LEAST_SENTENCE = 80, 25  # characters
LANGUAGES = ("en", "zh", "es")  # of the questions
Pages = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """page, paragraph, sentence: where the answer stands; wordings: one a language of LANGUAGES."""

    page: str
    paragraph: int
    sentence: int
    wordings: tuple[str, ...]

    def gold(self, whole: bool) -> str:
        """The id of the answering paragraph or sentence."""
        return f"{self.page} {self.paragraph}" + ("" if whole else f".{self.sentence}")


def asked() -> list[Asked]:
    """The questions."""
    written = (files("dialogue.training") / "handbook_questions.txt").read_text("utf-8").splitlines()
    found = []
    for line in written:
        if not line.startswith("#"):
            where, *wordings = line.split("|")
            page, place = where.split()
            paragraph, sentence = map(int, place.split("."))
            found.append(Asked(page, paragraph, sentence, tuple(wordings)))
    return found


def pages_of(folder: Path) -> Pages:
    """Page -> its longer paragraphs, of one language's handbook."""
    found = {}
    for path in sorted((folder / "kstars").glob("*.docbook")):
        text = re.sub(r"<!--.*?-->|<sect1info>.*?</sect1info>", "", path.read_text("utf-8"), flags=re.DOTALL)
        paragraphs = [_plain(p) for p in re.findall(r"<para[^>]*>(.*?)</para\s*>", text, re.DOTALL)]
        found[path.stem] = [p for p in paragraphs if len(p) > LEAST_PARAGRAPH]
    return found


def _plain(marked: str) -> str:
    text = re.sub(r"<(indexterm|footnote).*?</\1>", "", marked, flags=re.DOTALL)
    text = re.sub(r"&([a-zA-Z]+);", lambda m: _NAMED.get(m[1], html.unescape(m[0]).strip("&;")), text)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text))).strip()


def sentences(paragraph: str) -> list[str]:
    """Of a paragraph, the very short ones left out."""
    return [s.strip() for s in _ENDS.split(paragraph) if len(s.strip()) > LEAST_SENTENCE]


def rows_of(pages: Pages, names: Sequence[str], language: str, whole: bool) -> list[dict[str, str]]:
    """Passages of some pages: paragraphs or sentences."""
    rows = []
    for name in names:
        for number, paragraph in enumerate(pages.get(name, ())):
            parts = {f"{name} {number}": paragraph} if whole else {
                f"{name} {number}.{n}": text for n, text in enumerate(sentences(paragraph))}
            rows += [{"id": key, "text": text, "language": language} for key, text in parts.items()]
    return rows


def report(name: str, rows: Sequence[dict[str, str]], questions: Sequence[Asked], language: str, whole: bool) -> str:
    """R@1, and the areas with the answering paragraph, then the whole page, taken out."""
    corpus, tongue = Corpus.build(rows), LANGUAGES.index(language)
    right = 0
    sure: list[float] = []
    near: list[float] = []
    off: list[float] = []
    for one in questions:
        text, gold = one.wordings[tongue], one.gold(whole)
        decision = corpus.decide(text, language)
        right += decision.hits[0][0] == gold
        sure.append(decision.confidence)
        paragraph = f"{one.page} {one.paragraph}"
        for left, keep in ((near, _but_paragraph(paragraph)), (off, _but_page(one.page))):
            left.append(corpus.decide(text, language, [row["id"] for row in rows if keep(row["id"])]).confidence)
    return (f"{name}: {len(questions)} questions, {len(rows)} passages, R@1 {right / len(questions):.3f}, "
            f"paragraph gone {area(sure, near):.3f}, page gone {area(sure, off):.3f}")


def _but_paragraph(paragraph: str) -> Callable[[str], bool]:
    return lambda key: key != paragraph and not key.startswith(f"{paragraph}.")


def _but_page(page: str) -> Callable[[str], bool]:
    return lambda key: key.split()[0] != page


def main() -> None:
    """Print one line a set."""
    parser = argparse.ArgumentParser(prog="python -m dialogue.training.handbook")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    questions = asked()
    pages = {language: pages_of(folder / language) for language in ("en", "es", "fr")}
    used = sorted({q.page for q in questions})
    names = used + [name for name in pages["en"] if name not in used][:14]
    alike = [q for q in questions if len(pages["es"].get(q.page, ())) == len(pages["en"][q.page])]
    for whole in (False, True):
        what = "paragraphs" if whole else "sentences"
        english = rows_of(pages["en"], names, "en", whole)
        for language in LANGUAGES:
            print(report(f"{language} to English {what}", english, questions, language, whole), flush=True)
    spanish = rows_of(pages["es"], names, "es", True)
    print(report("es to Spanish paragraphs", spanish, alike, "es", True), flush=True)
    mixed = []
    for number, name in enumerate(names):
        language = ("en", "es", "fr")[number % 3]
        language = language if len(pages[language].get(name, ())) == len(pages["en"][name]) else "en"
        mixed += rows_of(pages[language], [name], language, True)
    for language in LANGUAGES:
        print(report(f"{language} to paragraphs, each page in one of three languages", mixed, questions, language, True))


if __name__ == "__main__":
    main()
