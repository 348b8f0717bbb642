"""No wrong price is ever written or said, whatever the chat tries."""

import random

import pytest

from assets.knowledge import Passage
from dialogue.question import Answer
from dialogue.training.price_attack import attack, attacked_shop, wrong_prices

pytestmark = pytest.mark.property


def test_no_wrong_price() -> None:
    seed = random.randrange(2**32)
    wrong, answered = attack(random.Random(seed), 400, None)
    assert not wrong, (seed, wrong[:3])
    assert answered > 200, (seed, answered)


def test_the_check_sees_a_wrong_price() -> None:
    shop = attacked_shop(random.Random(3))
    sku, product = next(iter(shop.products.items()))
    assert product.price is not None
    cites = (f"catalogue:{sku}",)
    for said, wrong in ((f"${product.price.amount}", False), (f"${product.price.amount + 1}", True)):
        assert bool(wrong_prices(Answer("q", f"It costs {said}.", "en", (), cites, 0.9, False), shop)) is wrong
    assert any(isinstance(p, Passage) and "dollars" in p.text for p in shop.passages)
