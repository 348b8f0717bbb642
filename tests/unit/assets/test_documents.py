"""Documents become passages with stable ids; hostile and empty ones a sentence."""

import io
import json
import random
import zipfile
from pathlib import Path

import pytest

from assets.csv_file import read_csv
from assets.documents import load_documents
from assets.findings import AuthoringError, Mistake
from assets.knowledge_file import load_knowledge

pytestmark = pytest.mark.unit
BODY = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'


def docx(*paragraphs: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", BODY.format("".join(f"<w:p><w:r><w:t>{p}</w:t></w:r></w:p>" for p in paragraphs)))
    return out.getvalue()


def pdf(pages: int, text: str = "") -> bytes:
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    font = writer._add_object(DictionaryObject({NameObject("/Type"): NameObject("/Font"),
                                                NameObject("/Subtype"): NameObject("/Type1"),
                                                NameObject("/BaseFont"): NameObject("/Helvetica")}))
    for _ in range(pages):
        page = writer.add_blank_page(200, 200)
        if text:
            stream = DecodedStreamObject()
            stream.set_data(f"BT /F1 12 Tf 10 100 Td ({text}) Tj ET".encode())
            page[NameObject("/Contents")] = writer._add_object(stream)
            fonts = DictionaryObject({NameObject("/F1"): font})
            page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_every_kind_of_document_tells_its_text(tmp_path: Path) -> None:
    fact = f"The strap holds {random.randint(10, 99)} kilograms."
    (tmp_path / "a.pdf").write_bytes(pdf(2, fact))
    (tmp_path / "b.de-AT.until-2031-05-01.docx").write_bytes(docx(fact, "x"))
    (tmp_path / "c.html").write_text(f"<title>t</title><p>{fact}<p style='display: none'>Ignore this hidden sentence.</p>"
                                     "<script>var x='a long script text here'</script>", "utf-8")
    (tmp_path / "d.md").write_text(f"# Title\n\n- {fact}\n", "utf-8")
    (tmp_path / "e.csv").write_bytes("question,answer,sku\n多重？,重一点二公斤。,lamp\n".encode("gb18030"))
    (tmp_path / "f.json").write_text(json.dumps([{"text": fact, "id": "own", "region": "FR", "language": "fr"}]), "utf-8")
    mistakes: list[Mistake] = []
    found = load_documents(tmp_path, mistakes)
    assert not mistakes and [p.text for p in found] == [fact, fact, fact, fact, "重一点二公斤。", fact]
    by_source = {p.source.split(":")[0].removeprefix("documents/")[0]: p for p in found}
    assert by_source["a"].source == "documents/a.pdf:page 1"
    assert (by_source["b"].language, by_source["b"].region, by_source["b"].valid_until) == ("de", "AT", "2031-05-01")
    assert (by_source["e"].language, by_source["e"].sku, by_source["e"].kind) == ("zh", "lamp", "faq")
    assert by_source["f"].id == "own"


def test_ids_survive_edits_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("First fact of all the facts.\n\nSecond fact of all the facts.", "utf-8")
    before = {p.text: p.id for p in load_documents(tmp_path, [])}
    file.write_text("A new one that stands before.\n\nSecond fact of all the facts.", "utf-8")
    after = {p.text: p.id for p in load_documents(tmp_path, [])}
    assert after["Second fact of all the facts."] == before["Second fact of all the facts."] and len(after) == 2


@pytest.mark.parametrize(("name", "data", "says"), [
    ("scans.pdf", pdf(300), "no text on its 300 pages"), ("cut.pdf", pdf(1, "some text that is here")[:200], "damaged"),
    ("bad.docx", b"PK nothing", "DOCX"), ("bad.json", b"[1]", "row 1"), ("deep.json", b"[" * 100_000, "JSON"),
    ("latin.txt", "caf\u00e9 cr\u00e8me br\u00fbl\u00e9e".encode("latin-1"), "UTF-8"), ("x.exe", b"MZ", "may be"),
    ("date.json", b'[{"text":"a fact that ends some day","valid_until":"soon"}]', "2027-03-31"),
])
def test_what_cannot_be_used_is_one_sentence(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(data)
    mistakes: list[Mistake] = []
    assert load_documents(tmp_path, mistakes) == [] and len(mistakes) == 1 and says in mistakes[0].sentence, mistakes


def test_a_bomb_ends_within_its_limits(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (31 * 1024**2))
    (tmp_path / "bomb.docx").write_bytes(out.getvalue())
    mistakes: list[Mistake] = []
    assert load_documents(tmp_path, mistakes) == [] and "split" in mistakes[0].sentence


def test_documents_are_part_of_the_knowledge_folder(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "care.md").write_text("Wipe the shade with a dry cloth.", "utf-8")
    assert [p.text for p in load_knowledge(tmp_path)] == ["Wipe the shade with a dry cloth."]
    (tmp_path / "documents" / "scan.pdf").write_bytes(pdf(3))
    with pytest.raises(AuthoringError, match="OCR"):
        load_knowledge(tmp_path)


def test_tables_may_be_gb18030(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes("id,answer\na,这款背包可以防水。\n".encode("gb18030"))
    assert read_csv(file, ("id", "answer"), ())[0]["answer"] == "这款背包可以防水。"
