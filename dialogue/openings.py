"""Short beginnings of a spoken answer: said while the answer itself is still being made. They claim nothing."""

from __future__ import annotations

import zlib

OPENINGS: dict[str, tuple[str, ...]] = {
    "en": ("Good question!", "Let me see.", "I'm glad you ask.", "Thank you for asking."),
    "zh": ("问得好！", "我看看。", "谢谢你的提问。"),
    "ja": ("いい質問ですね。", "ご質問ありがとうございます。"),
    "es": ("¡Buena pregunta!", "Vamos a ver.", "Gracias por preguntar."),
    "fr": ("Bonne question !", "Voyons voir.", "Merci de votre question."),
    "de": ("Gute Frage!", "Mal sehen.", "Danke für die Frage."),
    "pt": ("Boa pergunta!", "Vamos ver.", "Obrigada pela pergunta."),
    "it": ("Bella domanda!", "Vediamo un po'.", "Grazie per la domanda."),
    "hi": ("अच्छा सवाल है!", "पूछने के लिए धन्यवाद।"),
    "ar": ("سؤال جيد!", "شكرا على سؤالك."),
    "ru": ("Хороший вопрос!", "Сейчас посмотрим.", "Спасибо за вопрос."),
    "id": ("Pertanyaan bagus!", "Terima kasih sudah bertanya."),
    "th": ("คำถามดีมากค่ะ", "ขอบคุณที่ถามนะคะ"),
    "vi": ("Câu hỏi hay lắm!", "Cảm ơn bạn đã hỏi."),
}


def opening_for(language: str, question_id: str, clause: str = "") -> str:
    """One opening, the same for the same question; "" for a language without any. language: BCP 47; clause: what follows:
    before "Good question, Ana!" nobody says "Good question!"."""
    follows = _letters(clause)
    choices = [text for text in OPENINGS.get(language.split("-")[0].lower(), ()) if _letters(text) not in follows]
    return choices[zlib.crc32(question_id.encode()) % len(choices)] if choices else ""


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalpha())
