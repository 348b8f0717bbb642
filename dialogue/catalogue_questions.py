"""Questions that the catalogue's live row answers: what it costs, whether that is more than a sum, stock. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assets.product import Price, ProductModel
from dialogue import wording
from dialogue.evidence import wants
from dialogue.naming import Named
from dialogue.quantities import decimals
from dialogue.replies import CatalogueReply

# How shoppers write currencies, over folded text. "$" and "dollar" may be anybody's dollar: they fit every one of them.
_MONEY = {
    "USD": r"\$|usd|us\$|dollars?\b|bucks\b|dólar\w*|dolar\w*|доллар\w*|美元|美金|刀|ドル|दौलर|डॉलर|دولار|ดอลลาร์|đô\b|dollari",
    "EUR": r"€|eur\b|euros?\b|евро|欧元|ユーロ|यूरो|يورو|ยูโร",
    "GBP": r"£|gbp|pounds?\b|quid\b|libras?\b|英镑|ポンド|фунт\w*",
    "CNY": r"cny|rmb|yuan|元|块|人民币",
    "JPY": r"¥|jpy|yen\b|円|日元",
}
_SUM = re.compile(r"(?<![\d.,])\d[\d.,]*")


def catalogue_reply(product: ProductModel | None, folded: str, language: str, named: Named) -> CatalogueReply | None:
    """Price or stock of the product that is meant; None where neither is asked, or it is not known."""
    if product is None or (named.sku is None and (named.foreign or named.companion)):
        return None
    if (against := _against_a_sum(product, folded, language, named)) is not None:
        return against
    if wants("another", folded, language) or wants("presenter", folded, language):
        return None
    if wants("price", folded, language) and not wants("not_price", folded, language):
        if product.price is None or named.parts:
            return None
        return CatalogueReply(product, "price", _is_the_price(folded, language, product.price))
    if named.sku is not None and wants("sells", folded, language) and product.stock is not None:
        return CatalogueReply(product, "stock", product.stock > 0)
    if wants("stock", folded, language) and not wants("not_stock", folded, language) and product.stock is not None:
        yes = None if wants("wh", folded, language) else product.stock > 0
        return CatalogueReply(product, "stock", yes)
    return None


def cheapest(products: Mapping[str, ProductModel], folded: str, language: str, named: Named) -> CatalogueReply | None:
    """The price of what costs the least of all, where that is asked of nothing in particular; None where two cost as little, or
    prices stand in several currencies."""
    other = wants("not_price", folded, language) or wants("not_stock", folded, language)
    if other or named.sku is not None or named.foreign:
        return None
    if not wants("cheapest", folded, language) or not wants("wh", folded, language):
        return None
    ranked = sorted((p.price.amount, sku) for sku, p in products.items() if p.price is not None)
    if len(ranked) < 2 or ranked[0][0] == ranked[1][0] or len({p.price.currency for p in products.values() if p.price}) > 1:
        return None
    return CatalogueReply(products[ranked[0][1]], "price")


def unclear(products: Mapping[str, ProductModel], folded: str, language: str, named: Named) -> str:
    """Names to choose from, when the question is about a price or stock and it is open whose; "" otherwise."""
    if named.foreign or len(products) < 2:
        return ""
    about_price = wants("price", folded, language) and not wants("not_price", folded, language)
    about_stock = wants("stock", folded, language) and not wants("not_stock", folded, language)
    names = [p.name(language) for p in products.values()]
    return wording.joined(names, language) if about_price or about_stock else ""


def _against_a_sum(product: ProductModel, folded: str, language: str, named: Named) -> CatalogueReply | None:
    """"Cheaper than 100 dollars?": the price, with a yes or no where the sum is in its currency and is read in one way."""
    low, high = (any(wants(slot, folded, language) for slot in slots) for slots in (("less", "cheaper"), ("more", "dearer")))
    if low == high or product.price is None or named.parts:
        return None
    currency = _currency(folded)
    dearness = wants("cheaper", folded, language) or wants("dearer", folded, language)
    sums = _SUM.findall(folded)
    if len(sums) != 1 or not (currency or dearness):
        return None
    readings = decimals(sums[0].rstrip(".,"))
    own = product.price.currency
    same = currency in (None, own) or (currency == "USD" and own.endswith("D"))
    if len(readings) != 1 or not same or readings[0] == product.price.amount or wants("wh", folded, language):
        return CatalogueReply(product, "price")
    return CatalogueReply(product, "price", (product.price.amount < readings[0]) == low)


def _currency(folded: str) -> str | None:
    """The code of the one currency that is named beside a number; None of none or several."""
    found = {code for code, words in _MONEY.items() if re.search(rf"\d\s?(?:{words})|(?:[$€£¥]|us\$)\s?\d", folded)
             and re.search(words, folded)}
    return found.pop() if len(found) == 1 else None


def _is_the_price(folded: str, language: str, price: Price) -> bool | None:
    """Whether a sum named in the question is the price; None when none is or the question is open."""
    numbers = _SUM.findall(folded)
    compared = any(wants(slot, folded, language) for slot in ("than", "less", "more", "cheaper", "dearer"))
    if not numbers or compared or wants("wh", folded, language):
        return None
    return any(price.amount.normalize() in decimals(n.rstrip(".,")) for n in numbers)
