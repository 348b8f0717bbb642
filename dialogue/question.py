"""What a viewer asked and what is answered: the values between chat, knowledge and voice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assets.checked import require, require_id, require_language
from avatar.speech import Utterance


@dataclass(frozen=True, slots=True)
class Question:
    """viewer: pseudonym; text: the viewer's words, as typed; language: BCP 47; asked_at: with a time zone (UTC);
    name: shown beside it by the platform, "" for none: said when it is a plain one, never stored."""

    id: str
    viewer: str
    text: str
    language: str
    asked_at: datetime
    name: str = ""

    def __post_init__(self) -> None:
        require_id("Question", "id", self.id)
        require_language("Question", "language", self.language)
        require(bool(self.text.strip()), "Question", "text", self.text, "a question")
        require(self.asked_at.tzinfo is not None, "Question", "asked_at", self.asked_at, "a time with its time zone")


@dataclass(frozen=True, slots=True)
class Answer:
    """text: for the asker, in `language` (the asker's, or English with a note); utterances: to be said, in the show's
    language, empty for a refusal; citations: ids of passages and catalogue rows ("catalogue:<sku>");
    confidence: 0..1; topic: the shop's word, in the show's language, for what it is about, "" where it speaks for itself;
    refusal: nothing in the knowledge base answers, the question should be noted for the team."""

    question_id: str
    text: str
    language: str
    utterances: tuple[Utterance, ...]
    citations: tuple[str, ...]
    confidence: float
    refusal: bool
    topic: str = ""

    def __post_init__(self) -> None:
        require(0.0 <= self.confidence <= 1.0, "Answer", "confidence", self.confidence, "a number from 0 to 1")
        require(self.refusal or bool(self.citations), "Answer", "citations", self.citations,
                "at least one citation behind an answer that is no refusal")
