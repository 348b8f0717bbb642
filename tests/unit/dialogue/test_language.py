"""Which language a short message is in, without a network."""

import socket

import pytest

from dialogue import language
from dialogue.language import detect

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("text", "tag"), [
    ("is it waterproof?", "en"), ("怎么退货?", "zh"), ("¿es impermeable la mochila?", "es"), ("防水ですか", "ja"),
    ("Wie schwer ist der Rucksack?", "de"), ("combien ça coûte ?", "fr"), ("giá bao nhiêu vậy", "vi"),
    ("сколько это стоит", "ru"),
    ("berapa harga tas ini?", "id"), ("è impermeabile?", "it"), ("a mochila é à prova d'água?", "pt"),
    ("यह कितने का है", "hi"),
    ("هل هي مقاومة للماء", "ar"), ("กันน้ำไหม", "th"), ("这个IPX4吗", "zh"),
])  # fmt: skip
def test_tells_the_language(text: str, tag: str) -> None:
    assert detect(text) == tag


def test_what_says_nothing_keeps_the_prior() -> None:
    for text in ("IPX4?", "ok", "👍", "123", "?"):
        assert detect(text, "de") == "de"
    assert detect("在庫", "ja") == "ja" and detect("在庫", "en") == "zh"
    assert detect("👍", "sv") == "en", "a prior that no show speaks"


def test_never_reaches_for_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    language._detector.cache_clear()
    assert detect("does the watch have a warranty") == "en"
