"""What a model says of its product where nobody has written: its size, its materials and variants as its maker named them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from babel.numbers import format_decimal
from numpy.typing import NDArray

from assets.product import Fact, ProductModel
from showroom.material_words import LANGUAGES, material_word, materials_named

MEASURED, NAMED = "measured from the model", "named in the model's file"
MODEL_SOURCES = (MEASURED, NAMED)
MOST_VARIANTS, MOST_MATERIALS = 8, 5
# Words as a shop would say them: no "Material.001", no "mat_blue_v2", no sentence of a stranger in the anchor's mouth.
_WORD = re.compile(r"^[^\W\d_]+(?:[ -][^\W\d_]+){0,2}$")
# Sentences by language, of the size, the variants and the materials. A model is no certificate: it "shows" a material.
_SENTENCES = {
    "en": ("{name} is {w} cm wide, {h} cm high and {d} cm deep.", "{name} comes in {words}.",
           "The 3D model of {name} shows {words}."),
    "zh": ("{name}宽 {w} 厘米，高 {h} 厘米，深 {d} 厘米。", "{name}有以下款式：{words}。",
           "{name}的三维模型标注的材质为：{words}。"),
    "ja": ("{name}のサイズは幅{w}cm、高さ{h}cm、奥行き{d}cmです。", "{name}には{words}があります。",
           "{name}の3Dモデルに記された素材は{words}です。"),
    "es": ("{name} mide {w} cm de ancho, {h} cm de alto y {d} cm de fondo.", "{name} está disponible en {words}.",
           "El modelo 3D de {name} muestra {words}."),
    "fr": ("{name} mesure {w} cm de large, {h} cm de haut et {d} cm de profondeur.", "{name} existe en {words}.",
           "Le modèle 3D de {name} montre : {words}."),
    "de": ("{name} ist {w} cm breit, {h} cm hoch und {d} cm tief.", "{name} gibt es in {words}.",
           "Das 3D-Modell von {name} zeigt {words}."),
    "pt": ("{name} mede {w} cm de largura, {h} cm de altura e {d} cm de profundidade.", "{name} está disponível em {words}.",
           "O modelo 3D de {name} mostra {words}."),
    "it": ("{name} misura {w} cm di larghezza, {h} cm di altezza e {d} cm di profondità.", "{name} è disponibile in {words}.",
           "Il modello 3D di {name} mostra {words}."),
    "hi": ("{name} की चौड़ाई {w} सेमी, ऊँचाई {h} सेमी और गहराई {d} सेमी है।", "{name} इन रूपों में उपलब्ध है: {words}।",
           "{name} के 3D मॉडल में ये सामग्रियाँ हैं: {words}।"),
    "ar": ("أبعاد {name}: العرض {w} سم، والارتفاع {h} سم، والعمق {d} سم.", "يتوفر {name} بالأشكال التالية: {words}.",
           "يُظهر النموذج ثلاثي الأبعاد لـ {name} ما يلي: {words}."),
    "ru": ("{name}: ширина {w} см, высота {h} см, глубина {d} см.", "{name}: варианты — {words}.",
           "Материалы на 3D-модели ({name}): {words}."),
    "id": ("{name} memiliki lebar {w} cm, tinggi {h} cm, dan kedalaman {d} cm.", "{name} tersedia dalam {words}.",
           "Model 3D {name} menampilkan {words}."),
    "th": ("{name} กว้าง {w} ซม. สูง {h} ซม. ลึก {d} ซม.", "{name} มีให้เลือก: {words}",
           "วัสดุที่ระบุในโมเดล 3 มิติของ {name}: {words}"),
    "vi": ("{name} rộng {w} cm, cao {h} cm và sâu {d} cm.", "{name} có các lựa chọn: {words}.",
           "Mô hình 3D của {name} thể hiện: {words}."),
}
_AND = {"en": " and ", "es": " y ", "fr": " et ", "de": " und ", "pt": " e ", "it": " e ", "hi": " और ", "ru": " и ",
        "id": " dan ", "vi": " và ", "th": " และ ", "zh": "和", "ja": "と", "ar": " و"}
_COMMA = {"zh": "、", "ja": "、", "ar": "، "}


def model_facts(sku: str, names: Mapping[str, str] | str, size_m: NDArray[np.floating], variants: Sequence[str],
                materials: Sequence[str] = (), language: str = "en") -> tuple[Fact, ...]:
    """Facts with their source: in English, in `language`, and in every other one that the product has a name in.

    names: by language (or one); size_m: (3,) width, height, depth; variants, materials: names in the file, of which only
    such are said that are words.
    """
    by_language = {"en": names} if isinstance(names, str) else dict(names)
    spoken = dict.fromkeys([*(tag.split("-")[0] for tag in (language, *by_language)), "en"])
    looks = tuple(variants) if (2 <= len(variants) <= MOST_VARIANTS
                                and all(len(v) <= 30 and _WORD.match(v) for v in variants)) else ()
    rows = materials_named(materials)[:MOST_MATERIALS]
    facts: list[Fact] = []
    for base in (tag for tag in LANGUAGES if tag in spoken):
        name = _name(by_language, base)
        end = "" if base == "en" else f"-{base}"
        size, comes, shows = _SENTENCES[base]
        w, h, d = (round(float(v) * 100, 1) for v in size_m)
        told = {k: format_decimal(v, "0.0##", base) for k, v in (("w", w), ("h", h), ("d", d))}
        facts.append(Fact(f"{sku}:dimensions{end}", size.format(name=name, **told), MEASURED, base, "dimensions",
                          f"{w} x {h} x {d}", "cm"))
        for attribute, words, sentence in (("colours", looks, comes),
                                           ("material", tuple(material_word(r, base) for r in rows), shows)):
            if words:
                facts.append(Fact(f"{sku}:{attribute}{end}", sentence.format(name=name, words=listed(words, base)), NAMED, base,
                                  attribute, ", ".join(words)))
    return tuple(facts)


def with_model_facts(product: ProductModel, language: str) -> ProductModel:
    """A product of the catalogue with what its model says, where nobody has written a word about it."""
    if any(f.attribute for f in product.facts):
        return product
    materials = product.extra.get("materials", "").split("\n")
    found = model_facts(product.sku, product.names, product.size_m, product.variants, materials, language)
    return replace(product, facts=(*product.facts, *found))


def listed(words: Sequence[str], language: str) -> str:
    """"oak, brass and glass" as the language puts it."""
    comma = _COMMA.get(language, ", ")
    return words[0] if len(words) == 1 else comma.join(words[:-1]) + _AND.get(language, comma) + words[-1]


def _name(names: Mapping[str, str], base: str) -> str:
    own = next((v for tag, v in names.items() if tag.split("-")[0] == base), None)
    return own or names.get("en") or next(iter(names.values()))
