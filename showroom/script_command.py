"""`nightwindow script`: a first script for a product out of what is known of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from dialogue.citing import Cited
from dialogue.drafting import draft
from dialogue.policy import Policy
from dialogue.product_sheet import product_sheet
from dialogue.sense import installed_sense
from showroom.config import ShowConfig
from showroom.content import Content
from showroom.wiring import make_phraser

DRAFT_TIMEOUT_S = 20.0  # of a language model's sentence: nobody is listening yet


def script_command(config: ShowConfig, content: Content, sku: str, language: str | None, output: Path | None) -> dict[str, Any]:
    """Write or print one product's part of rundown.toml. sku: of a product of the show, or a product.toml of one that is in
    none yet (dialogue.product_sheet)."""
    passages = content.passages
    product = content.products.get(sku)
    if product is None and sku.endswith(".toml"):
        try:
            product, passages = product_sheet(Path(sku))
        except ValueError as error:
            return {"code": 2, "lines": [str(error)], "errors": [str(error)]}
    if product is None:
        sentence = f"{sku}: no such product; the catalogue has {', '.join(content.products)}."
        return {"code": 2, "lines": [sentence], "errors": [sentence]}
    if output is not None and output.exists():
        sentence = f"{output}: exists already; choose another name, nothing was written."
        return {"code": 2, "lines": [sentence], "errors": [sentence]}
    cited = Cited(passages, {product.sku: product})
    policy = Policy(content.policy, cited, installed_sense())
    told_in, notes = language or content.market.language, list[str]()
    phraser = make_phraser(config, content, cited, policy, DRAFT_TIMEOUT_S)
    if phraser is None:
        made = draft(product, passages, told_in, policy.check)
    else:
        with asyncio.Runner() as runner:
            made = draft(product, passages, told_in, policy.check, lambda one: runner.run(phraser.wording(one)))
            runner.run(phraser.close())
        told = ", ".join(f"{name} {count}" for name, count in sorted(phraser.outcomes.items()))
        notes.append(f"# the language model's sentences: {told or 'none asked for'}")
    notes += [f"# left out: {line}" for line in made.left_out]
    if output is None:
        return {"code": 0, "lines": [*notes, made.toml.rstrip()], "toml": made.toml, "left_out": list(made.left_out)}
    try:
        output.write_text(made.toml, "utf-8")
    except OSError as error:
        sentence = f"{output}: cannot be written ({error.strerror})."
        return {"code": 2, "lines": [sentence], "errors": [sentence]}
    return {"code": 0, "lines": [*notes, f"script: {output}"], "path": str(output), "left_out": list(made.left_out)}
