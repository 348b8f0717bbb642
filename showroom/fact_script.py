"""What is said of a product that nobody has written about: its name, its seller's points and its checked facts, each cited."""

from __future__ import annotations

from collections.abc import Sequence

from assets.product import LAYERS, ProductModel
from assets.rundown_file import Item, Line, Section, parse_text

FACTS_A_TURN = 2  # sentences of facts in one variant: a turn of an unwritten product is short
MAX_FACTS = 12
# hook and closing by language: {name} is the product's. A language without its own gets the name and the facts.
_HOOKS = {
    "en": ("{{Here is|This is|Next on the plinth is|And now}} [point] {name}.",
           "[point] {{Take a look at|Have a look at|See}} {name}, {{it has just come in|it is new here|fresh on the plinth}}."),
    "zh": ("{{这是|接下来是|现在看}} [point] {name}。", "[point] {{看看|来看}} {name}，{{刚刚上架|新到的}}。"),
}
_OFFERS = {
    "en": "[point] {{The price|What it costs}} is on the card {{beside me|next to me|on the screen}}.",
    "zh": "[point] {{价格|售价}}就在旁边的卡片上。",
}
_CLOSINGS = {
    "en": "{{Anything you'd like to know about it|Any question about it|What would you like to know about it}}? "
          "[open:camera] {{Just ask|Type it below|Ask away}}.",
    "zh": "{{还想知道什么|有什么问题}}？ [open:camera] {{直接问我|打字问我就行}}。",
}
_STOP = {"zh": "。", "ja": "。", "hi": "।", "th": ""}


def item_for(product: ProductModel, language: str) -> Item:
    """A turn of the rundown, with variants over its facts. language: BCP 47 of the show."""
    base = language.split("-")[0]
    name = _plain(product.name(language))
    hooks = [[_line(text.format(name=name))] for text in _HOOKS.get(base, ("{name}.",))]
    sections = [_section(product.sku, "hook", hooks)]
    told = [f for f in product.facts if f.text and f.language.split("-")[0] == base][:MAX_FACTS]
    lines = [_line(_plain(f.text), (f.id,)) for f in told]
    turns = _pitches(product, language) + [lines[i:i + FACTS_A_TURN] for i in range(0, len(lines), FACTS_A_TURN)]
    if turns:
        sections.append(_section(product.sku, "facts", turns))
    if product.price is not None and base in _OFFERS:
        sections.append(_section(product.sku, "offer", [[_line(_OFFERS[base].format(), (f"catalogue:{product.sku}",))]]))
    if base in _CLOSINGS:
        sections.append(_section(product.sku, "question", [[_line(_CLOSINGS[base].format())]]))
    return Item(product.sku, tuple(sections))


def _pitches(product: ProductModel, language: str) -> list[list[Line]]:
    """What the seller's sheet says for it, a turn each: what it does, then where, then how that feels."""
    points = product.points_in(language)
    layers = [[p for p in points if p.layer == layer] for layer in LAYERS]
    stop = _STOP.get(language.split("-")[0], ".")
    turns = range(max(map(len, layers)))
    return [[_line(_plain(p.text if p.text[-1] in ".!?。！？।" else p.text + stop), (p.id,)) for row in layers
             for p in row[k:k + 1]] for k in turns]


def _section(sku: str, kind: str, variants: Sequence[Sequence[Line]]) -> Section:
    return Section(f"{sku}-{kind}-facts", kind, tuple(tuple(v) for v in variants))


def _line(marked: str, cites: tuple[str, ...] = ()) -> Line:
    text, marks, wrong = parse_text(marked)
    assert not wrong, f"{marked}: {wrong}"
    return Line(text, marks, "neutral" if cites else "warm", cites, marked)


def _plain(words: str) -> str:
    """Names and facts come from files: nothing in them is a mark or a choice."""
    return " ".join(words.translate(str.maketrans("{}[]|", "()()/")).split())
