"""Materials that artists name in their files, by the words of fourteen languages. What stands in no row is not said:
gold and silver among them, which in a file are colours and on a sheet a promise."""

from __future__ import annotations

import re
from collections.abc import Iterable

LANGUAGES = ("en", "zh", "ja", "es", "fr", "de", "pt", "it", "hi", "ar", "ru", "id", "th", "vi")
# One material a line, in the order of LANGUAGES; further English words for it behind a comma in the first cell.
_TABLE = """
wood,timber,plywood,wooden|木材|木材|madera|bois|Holz|madeira|legno|लकड़ी|خشب|дерево|kayu|ไม้|gỗ
oak|橡木|オーク材|roble|chêne|Eiche|carvalho|rovere|ओक|بلوط|дуб|kayu ek|ไม้โอ๊ค|gỗ sồi
walnut|胡桃木|ウォールナット材|nogal|noyer|Nussbaum|nogueira|noce|अखरोट की लकड़ी|خشب الجوز|орех|kayu kenari|ไม้วอลนัท|gỗ óc chó
bamboo|竹|竹|bambú|bambou|Bambus|bambu|bambù|बाँस|خيزران|бамбук|bambu|ไม้ไผ่|tre
leather|皮革|革|cuero|cuir|Leder|couro|pelle|चमड़ा|جلد|кожа|kulit|หนัง|da
fabric,cloth,textile|布料|布|tela|tissu|Stoff|tecido|tessuto|कपड़ा|قماش|ткань|kain|ผ้า|vải
cotton|棉|綿|algodón|coton|Baumwolle|algodão|cotone|सूती कपड़ा|قطن|хлопок|katun|ผ้าฝ้าย|vải bông
linen|亚麻|麻|lino|lin|Leinen|linho|lino|लिनन|كتان|лён|linen|ผ้าลินิน|vải lanh
wool,felt|羊毛|ウール|lana|laine|Wolle|lã|lana|ऊन|صوف|шерсть|wol|ขนสัตว์|len
velvet|丝绒|ベルベット|terciopelo|velours|Samt|veludo|velluto|मखमल|مخمل|бархат|beludru|กำมะหยี่|nhung
canvas|帆布|帆布|lona|toile|Segeltuch|lona|tela|कैनवस|قماش القنب|парусина|kanvas|ผ้าใบ|vải bạt
metal,metallic|金属|金属|metal|métal|Metall|metal|metallo|धातु|معدن|металл|logam|โลหะ|kim loại
steel,inox|钢|鋼|acero|acier|Stahl|aço|acciaio|इस्पात|فولاذ|сталь|baja|เหล็กกล้า|thép
iron|铁|鉄|hierro|fer|Eisen|ferro|ferro|लोहा|حديد|железо|besi|เหล็ก|sắt
aluminium,aluminum,alu|铝|アルミニウム|aluminio|aluminium|Aluminium|alumínio|alluminio|एल्युमिनियम|ألومنيوم|алюминий|aluminium|อะลูมิเนียม|nhôm
brass|黄铜|真鍮|latón|laiton|Messing|latão|ottone|पीतल|نحاس أصفر|латунь|kuningan|ทองเหลือง|đồng thau
copper|铜|銅|cobre|cuivre|Kupfer|cobre|rame|ताँबा|نحاس|медь|tembaga|ทองแดง|đồng
chrome|镀铬|クロム|cromo|chrome|Chrom|cromo|cromo|क्रोम|كروم|хром|krom|โครเมียม|crôm
glass|玻璃|ガラス|vidrio|verre|Glas|vidro|vetro|काँच|زجاج|стекло|kaca|แก้ว|thủy tinh
ceramic,ceramics,stoneware|陶瓷|陶器|cerámica|céramique|Keramik|cerâmica|ceramica|सिरेमिक|سيراميك|керамика|keramik|เซรามิก|gốm
porcelain|瓷|磁器|porcelana|porcelaine|Porzellan|porcelana|porcellana|पोर्सिलेन|خزف|фарфор|porselen|พอร์ซเลน|sứ
stone,granite|石材|石|piedra|pierre|Stein|pedra|pietra|पत्थर|حجر|камень|batu|หิน|đá
marble|大理石|大理石|mármol|marbre|Marmor|mármore|marmo|संगमरमर|رخام|мрамор|marmer|หินอ่อน|đá cẩm thạch
plastic,abs,polycarbonate|塑料|プラスチック|plástico|plastique|Kunststoff|plástico|plastica|प्लास्टिक|بلاستيك|пластик|plastik|พลาสติก|nhựa
rubber,silicone|橡胶|ゴム|goma|caoutchouc|Gummi|borracha|gomma|रबर|مطاط|резина|karet|ยาง|cao su
paper,cardboard|纸|紙|papel|papier|Papier|papel|carta|काग़ज़|ورق|бумага|kertas|กระดาษ|giấy
"""
_ROWS = [[cell.strip() for cell in line.split("|")] for line in _TABLE.strip().splitlines()]
_BY_WORD = {word.strip(): k for k, row in enumerate(_ROWS) for word in row[0].split(",")}


def materials_named(names: Iterable[str]) -> tuple[int, ...]:
    """Which rows the names of a file's materials mention, each once, in their order: "Mat_Oak.002" is oak."""
    found: dict[int, None] = {}
    for name in names:
        for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name):
            if (row := _BY_WORD.get(word.lower())) is not None:
                found[row] = None
    return tuple(found)


def material_word(row: int, language: str) -> str:
    """The material's word; language: one of LANGUAGES, else English."""
    place = LANGUAGES.index(language) if language in LANGUAGES else 0
    return _ROWS[row][place].split(",")[0]
