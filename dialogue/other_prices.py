"""Whether a passage gives a product another price than its own: only the catalogue knows prices. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from assets.knowledge import Passage
from assets.product import ProductModel
from dialogue.analyser import normal
from dialogue.assertion import sentences
from dialogue.grounding import sums_of_money

# What says that a sum is a price, in a passage that belongs to no product: "zips are repaired for twelve dollars" is none.
_PRICED = re.compile(r"\b(?:costs?|costing|price[ds]?|sells? for|yours for|reduced|now (?:only|just)|kostet|kosten|preis|"
                     r"cuestan?|precio|coûten?t?|prix|costano?|prezzo|custam?|preço|harga|giá)\b|стоит|стоят|цена|价|卖|只要|値段|価格|円です|"
                     r"कीमत|दाम|سعر|يكلف|ราคา")
_NO_PRICE = re.compile(r"\b(?:ship|deliver|postage|repair|spare|gift|wrap|customs|instal|versand|envío|livraison|spedizion|"
                       r"envio|ongkir)|运费|邮费|快递|维修|送料|доставк|शिपिंग|الشحن|ค่าส่ง|vận chuyển")


def another_price(passage: Passage, products: Mapping[str, ProductModel]) -> tuple[str, Decimal] | None:
    """(sku, sum) of the first sum that is not the price of the product that the passage belongs to, or names; None of none.

    A passage of a product may state no other sum at all; one of no product no other price of a product that it names.
    """
    if passage.sku is not None:
        told = f"{passage.text} {passage.value or ''} {passage.unit or ''}"
        return _other(passage.sku, told, products.get(passage.sku))
    for sentence in sentences(passage.text):
        folded = normal(sentence)
        if not any(sums_of_money(sentence)) or not _PRICED.search(folded) or _NO_PRICE.search(folded):
            continue
        for sku, product in products.items():
            if product.price is not None and any(_named(name, folded) for name in product.names.values()):
                found = _other(sku, sentence, product)
                if found is not None:
                    return found
    return None


def _other(sku: str, told: str, product: ProductModel | None) -> tuple[str, Decimal] | None:
    right = product.price.amount.normalize() if product is not None and product.price is not None else None
    return next(((sku, readings[0]) for readings in sums_of_money(told) if right not in readings), None)


def _named(name: str, folded: str) -> bool:
    """Whether a name stands there in full, or its first and last word do ("the Halo lamp" of "Halo Desk Lamp")."""
    words = normal(name).split()
    ends = {words[0], words[-1]} if len(words) > 1 else set()
    return normal(name) in folded or (bool(ends) and ends <= set(re.findall(r"\w+", folded)))
