"""Product lists: what is read, what is left out, and on which line it stands."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from assets.findings import AuthoringError
from assets.listings import import_listings, parsed_length_m, parsed_price, parsed_stock

pytestmark = pytest.mark.unit
SPOILT = [("price", "abc"), ("price", ""), ("price", "-3"), ("sku", ""), ("sku", "a b"), ("name_en", "x" * 300),
          ("stock", "many"), ("checkout_url", "javascript:alert(1)"),
          ("model", "../x.glb"), ("width_m", "wide"), ("currency", "dollars")]


def saved(folder: Path, text: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_thousand_rows_with_thirty_bad_ones_give_970_and_name_the_thirty(tmp_path: Path) -> None:
    random = np.random.default_rng()
    bad = {int(k) for k in random.choice(1000, 30, replace=False)}
    rows = []
    for k in range(1000):
        row = {"sku": f"sku-{k}", "name_en": f'Chair "{k}", oak\nwith arms' if k % 7 == 0 else f"Chair {k}", "name_zh": "椅子",
               "price": f"{random.integers(1, 9999) / 100}", "currency": "EUR", "stock": str(k), "checkout_url": f"/p/{k}",
               "model": f"{k}.glb", "width_m": "0.5", "height_m": "90 cm", "depth_m": "500mm"}
        if k in bad:
            column, value = SPOILT[int(random.integers(len(SPOILT)))]
            row[column] = value
        rows.append(row)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    found = import_listings(saved(tmp_path, text.getvalue()))
    assert found.kind == "own" and len(found.items) == 970 and len(found.errors) == 30
    lines, at = {}, 2
    for k, row in enumerate(rows):
        lines[k] = at
        at += 1 + row["name_en"].count("\n")
    assert [e.line for e in found.errors] == sorted(lines[k] for k in bad)
    assert all(e.sentence for e in found.errors)
    assert found.items[0].size_m == pytest.approx((0.5, 0.9, 0.5)) and found.items[0].names["zh"] == "椅子"


def test_shopify_exports_give_one_listing_for_each_variant(tmp_path: Path) -> None:
    text = ("Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,"
            "Image Src\n"
            'lamp,Lamp,"<p>Warm <b>light</b></p><script>x()</script>",Nord,Colour,Red,L-R,4,49.90,https://cdn/a.jpg\n'
            "lamp,,,,,Blue,L-B,-2,52.00,\n"
            "lamp,,,,,,,,,https://cdn/b.jpg\n"
            "mug,Mug,,Nord,Title,Default Title,,9,free,\n")
    found = import_listings(saved(tmp_path, text), currency="EUR")
    assert found.kind == "shopify"
    red, blue = found.items
    assert (red.sku, red.names["en"], red.price.amount) == ("L-R", "Lamp – Red", Decimal("49.90"))
    assert (red.stock, red.brand) == (4, "Nord")
    assert red.texts["en"] == "Warm light" and red.checkout_url == "/products/lamp" and red.image_urls == ("https://cdn/a.jpg",)
    assert (blue.names["en"], blue.stock) == ("Lamp – Blue", 0)
    assert [(e.line, "free" in e.sentence) for e in found.errors] == [(5, True)]


def test_what_speaks_for_a_product_and_where_it_is_bought_from_every_kind_of_list(tmp_path: Path) -> None:
    """Points in three layers, addresses by region, evidence with its source: own table and JSON, Shopify's fields, Google's."""
    tag = int(np.random.default_rng().integers(1 << 30))
    own = ("sku,name_en,price,currency,checkout_url,checkout_url_DE,function_en,scene_en,emotion_zh,evidence_test_report\n"
           f'a,Lamp,5,EUR,/a,https://shop.de/a,"Dims to {tag} lux | One knob",For late desks,像家一样,'
           f'"Report {tag} | No flicker | Test house | 2026-02-11"\n'
           "b,Lamp,5,EUR,/b,ftp://x,,,,\nc,Lamp,5,EUR,/c,,,,,Report | says nobody\n"
           f"d,Lamp,5,EUR,/d,,{'x' * 201},,,\n")
    parts = [{"sku": "a", "name": {"en": "Lamp"}, "price": "5 EUR", "checkout_url": {"default": "/a", "DE": "https://shop.de/a"},
              "points": {"function": {"en": [f"Dims to {tag} lux", "One knob"]}, "scene": {"en": "For late desks"},
                         "emotion": {"zh": "像家一样"}},
              "evidence": [{"kind": "test_report", "title": f"Report {tag}", "text": "No flicker", "source": "Test house",
                            "issued": "2026-02-11"}]}]
    shopify = ("Handle,Title,Variant SKU,Variant Price,Function (product.metafields.custom.function_en),"
               "For (product.metafields.custom.scene),Feel (product.metafields.custom.emotion_zh),"
               "Checkout (product.metafields.custom.checkout_url_DE),Report (product.metafields.custom.evidence_test_report)\n"
               f'a,Lamp,a,5.00,"[""Dims to {tag} lux"",""One knob""]",For late desks,像家一样,https://shop.de/a,'
               f"Report {tag} | No flicker | Test house | 2026-02-11\n")
    table, written, shop = (import_listings(saved(tmp_path, t, n), "EUR") for t, n in (
        (own, "list.csv"), (json.dumps(parts), "list.json"), (shopify, "shop.csv")))
    assert [e.line for e in table.errors] == [3, 4, 5]
    assert all(w in e.sentence for w, e in zip(("checkout_url_DE", "source", "function_en"), table.errors, strict=True))
    said = [("a:function-en-1", f"Dims to {tag} lux"), ("a:function-en-2", "One knob"), ("a:scene-en-1", "For late desks"),
            ("a:emotion-zh-1", "像家一样")]
    for found in (table, written, shop):
        item = found.items[0]
        assert [(p.id, p.text) for p in item.points] == said
        assert dict(item.checkout_urls) == {"DE": "https://shop.de/a"} and item.checkout_url in ("/a", "/products/a")
        (proof,) = item.evidence
        assert (proof.kind, proof.title, proof.source, str(proof.issued)) == (
            "test_report", f"Report {tag}", "Test house", "2026-02-11")
    feed = ('<rss xmlns:g="http://base.google.com/ns/1.0"><channel><item><g:id>a</g:id><title>Lamp</title>'
            f"<g:price>5 EUR</g:price><g:product_highlight>Dims to {tag} lux</g:product_highlight>"
            "<g:product_highlight>One knob</g:product_highlight>"
            "<g:certification><g:certification_authority>EC</g:certification_authority><g:certification_name>EPREL"
            f"</g:certification_name><g:certification_code>{tag}</g:certification_code></g:certification></item></channel></rss>")
    rows = ("id\ttitle\tprice\tproduct highlight\tcertification\n"
            f'a\tLamp\t5 EUR\t"Dims to {tag} lux","One knob"\tEC:EPREL:{tag}\n')
    for text, name in ((feed, "feed.xml"), (rows, "feed.tsv")):
        (item,) = import_listings(saved(tmp_path, text, name)).items
        assert [p.text for p in item.points] == [f"Dims to {tag} lux", "One knob"], name
        (proof,) = item.evidence
        assert (proof.kind, proof.title, proof.source) == ("certificate", f"EPREL {tag}", "EC")


def test_google_feeds_as_table_and_as_xml_give_the_same(tmp_path: Path) -> None:
    table = ("id\ttitle\tdescription\tlink\tprice\tsale_price\tavailability\tbrand\tproduct_width\tproduct_height\t"
             "product_length\n"
             "a1\tVase\tBlue\thttps://shop/a1\t20.00 USD\t15.00 USD\tin stock\tNord\t7.9 in\t12 in\t20 cm\n"
             "a2\tBowl\t\thttps://shop/a2\tUSD 5\t\tout of stock\t\t\t\t\n"
             "a3\tPlate\t\thttps://shop/a3\tcheap\t\tin stock\t\t\t\t\n")
    xml = ('<?xml version="1.0"?>\n<rss xmlns:g="http://base.google.com/ns/1.0"><channel>\n'
           "<item><g:id>a1</g:id><title>Vase</title><description>Blue</description><link>https://shop/a1</link>"
           "<g:price>20.00 USD</g:price><g:sale_price>15.00 USD</g:sale_price><g:availability>in stock</g:availability>"
           "<g:brand>Nord</g:brand><g:product_width>7.9 in</g:product_width><g:product_height>12 in</g:product_height>"
           "<g:product_length>20 cm</g:product_length></item>\n"
           "<item><g:id>a2</g:id><title>Bowl</title><link>https://shop/a2</link><g:price>USD 5</g:price>"
           "<g:availability>out of stock</g:availability></item>\n"
           "<item><g:id>a3</g:id><title>Plate</title><link>https://shop/a3</link><g:price>cheap</g:price></item>\n"
           "</channel></rss>")
    first, second = import_listings(saved(tmp_path, table)), import_listings(saved(tmp_path, xml, "feed.xml"))
    assert first.kind == second.kind == "google"
    for found, line in ((first, 4), (second, 5)):
        vase, bowl = found.items
        assert (vase.price.amount, vase.price.currency, bowl.stock) == (Decimal("15.00"), "USD", 0)
        assert vase.size_m == pytest.approx((7.9 * 0.0254, 12 * 0.0254, 0.2))
        assert [e.line for e in found.errors] == [line]


def test_json_rows_have_lines_too(tmp_path: Path) -> None:
    own = [{"sku": "a", "name": {"en": "Cup", "ja": "カップ"}, "price": 4.5, "currency": "EUR"}, {"sku": "b", "price": 1}, 7]
    text = "[\n" + ",\n".join(json.dumps(v, ensure_ascii=False) for v in own) + "\n]"
    found = import_listings(saved(tmp_path, text, "list.json"))
    assert found.items[0].names == {"en": "Cup", "ja": "カップ"} and [e.line for e in found.errors] == [3, 4]
    shop = {"products": [{"title": "Cup", "handle": "cup", "variants": [{"sku": "c1", "price": "3.00", "title": "Small"}]}]}
    (item,) = import_listings(saved(tmp_path, json.dumps(shop), "shop.json"), currency="GBP").items
    assert (item.sku, item.names["en"], item.price.currency) == ("c1", "Cup – Small", "GBP")


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "{}", "[{]", "<rss><item></rss>", "\x00\x01",
                                  '<!DOCTYPE r [<!ENTITY a "b">]><rss/>', "<a>" * 50])
def test_files_that_are_no_list_are_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(AuthoringError) as caught:
        import_listings(saved(tmp_path, text))
    assert len(caught.value.mistakes) == 1 and len(str(caught.value)) < 400


@pytest.mark.parametrize(("text", "amount", "currency"), [
    ("49.90", "49.90", "EUR"), ("49,90", "49.90", "EUR"), ("1,299.00 USD", "1299.00", "USD"), ("1.299,00", "1299.00", "EUR"),
    ("JPY 1,200", "1200", "JPY"), ("12 000", "12000", "EUR"), ("0.5", "0.5", "EUR")])
def test_prices_as_they_are_written(text: str, amount: str, currency: str) -> None:
    price = parsed_price(text, "EUR")
    assert (price.amount, price.currency) == (Decimal(amount), currency)


def test_words_for_stock_and_lengths() -> None:
    assert [parsed_stock(t) for t in ("", "in stock", "out_of_stock", "7", "-1")] == [None, None, 0, 7, 0]
    assert parsed_length_m("12 in") == pytest.approx(0.3048) and parsed_length_m("0,4") == 0.4
    for wrong in ("", "12 parsec", "0", "1e9", "-2 cm"):
        with pytest.raises(ValueError):
            parsed_length_m(wrong)
