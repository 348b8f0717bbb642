"""Nothing with a number in it leaves that its evidence does not hold."""

import random

import pytest

from dialogue.grounding import Ungrounded, check

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("text", "evidence"), [
    ("It weighs 1.2 kg.", "weight 1.2 kg"), ("重量是1.2公斤。", "1.2 kg"), ("It costs $1,299.50.", "1299.5 USD"),
    ("Precio: 79,90 €.", "79.90 EUR"), ("Rated IPX4.", "ipx4: splashes"), ("No numbers here.", ""),
    ("46 × 30 × 17 cm", "measures 46 × 30 × 17 cm"), ("10–12 hours", "from 10 to 12 hours"), ("价格是￥199", "199 CNY"),
])  # fmt: skip
def test_holds(text: str, evidence: str) -> None:
    check(text, [evidence])


@pytest.mark.parametrize(("text", "evidence"), [
    ("It weighs 1.3 kg.", "weight 1.2 kg"), ("It weighs 1.2 g.", "1.2 kg"), ("It costs $79.", "79 EUR"),
    ("Rated IPX5.", "ipx4"), ("It holds 20 litres.", "It holds water."), ("Only 3 left.", ""),
    ("It has Bluetooth 5.3.", "Bluetooth 5.0"),
])  # fmt: skip
def test_refuses(text: str, evidence: str) -> None:
    with pytest.raises(Ungrounded):
        check(text, [evidence])


def test_any_changed_digit_is_caught() -> None:
    for _ in range(100):
        value = random.randint(10, 99999)
        other = value + random.choice([-1, 1, 10, 100])
        check(f"The value is {value}.", [f"value: {value}"])
        with pytest.raises(Ungrounded):
            check(f"The value is {other}.", [f"value: {value}"])
