"""Evidence: read with every mistake, never without a source, shown no longer than it holds."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from assets.checked import FieldError
from assets.evidence import KINDS, Evidence
from assets.evidence_file import evidence_passages, load_evidence
from assets.findings import AuthoringError
from assets.knowledge_file import load_knowledge

pytestmark = pytest.mark.unit
HEAD = "id,sku,kind,title,text,source,language,issued,valid_until,stars\n"


def folder(tmp_path: Path, rows: str) -> Path:
    (tmp_path / "evidence.csv").write_text(HEAD + rows, encoding="utf-8")
    return tmp_path


def test_rows_become_cards_and_passages(tmp_path: Path) -> None:
    place = folder(tmp_path, "lamp:r1,lamp,test_report,Report 7,Flicker below 1 %.,Test house,en,2026-02-11,2028-01-01,\n"
                             "lamp:v1,lamp,review,Three months on,好用。,门店评价,zh,,,4\n")
    report, review = load_evidence(place)
    assert report.card_lines("en") == ("Test report", "Report 7", "Flicker below 1 %.", "Test house · 2026-02-11")
    assert report.card_lines("zh-CN")[0] == "检测报告" and report.card_lines("xx")[0] == "Test report"
    assert review.card_lines("zh")[:3] == ("顾客评价", "Three months on ★★★★☆", "“好用。”")
    first, second = evidence_passages(place)
    assert (first.id, first.kind, first.sku, first.text, first.valid_until) == (
        "lamp:r1", "text", "lamp", "Flicker below 1 %.", "2028-01-01")
    assert second.text == "一位顾客写道：“好用。”", "a customer's words are quoted, not claimed"
    assert {p.id for p in load_knowledge(place_with_faq(place))} >= {"lamp:r1", "lamp:v1"}


def place_with_faq(place: Path) -> Path:
    (place / "faq.csv").write_text("id,language,question,answer\nq1,en,Why?,Because.\n", encoding="utf-8")
    return place


def test_it_is_shown_until_its_last_day() -> None:
    last = date(2027, 3, 31)
    item = Evidence("a", "lamp", "certificate", "C", "Holds.", "Body", valid_until=last)
    assert item.holds_on(last) and not item.holds_on(last + timedelta(days=1))
    with pytest.raises(FieldError, match="source"):
        Evidence("a", "lamp", "certificate", "C", "Holds.", " ")
    with pytest.raises(FieldError, match="stars"):
        Evidence("a", "lamp", "certificate", "C", "Holds.", "Body", stars=5)
    assert all(set(names) >= {"en", "zh"} for names in KINDS.values())


def test_every_mistake_is_named_with_its_line(tmp_path: Path) -> None:
    place = folder(tmp_path, "a,lamp,rumour,T,x,s,en,,,\nb,lamp,review,T,x,s,en,,,9\nc,lamp,review,T,x,,en,,,\n"
                             "d,lamp,origin,T,x,s,en,soon,,\ne,lamp,origin,T,x,s,en,,,\ne,lamp,origin,T,x,s,en,,,\n")
    with pytest.raises(AuthoringError) as caught:
        load_evidence(place)
    assert [m.line for m in caught.value.mistakes] == [2, 3, 4, 5, 7]
    said = str(caught.value)
    for word in ("test_report", "1 to 5", "source", "2027-03-31", "twice"):
        assert word in said
