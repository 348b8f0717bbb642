"""Tables for dialogue.spoken: how currencies, units, signs and numbers are said. Units not listed by language: CLDR."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# ISO 4217 -> name as said after a number; other languages take CLDR's name.
CURRENCIES: dict[str, dict[str, str]] = {
    "USD": {
        "en": "dollars",
        "zh": "美元",
        "es": "dólares",
        "fr": "dollars",
        "de": "Dollar",
        "ja": "ドル",
        "pt": "dólares",
        "it": "dollari", "id": "dolar", "vi": "đô la", "th": "ดอลลาร์", "hi": "डॉलर", "ar": "دولار", "ru": "долларов",
    },
    "EUR": {"en": "euros", "zh": "欧元", "es": "euros", "fr": "euros", "de": "Euro", "ja": "ユーロ", "it": "euro"},
    "GBP": {"en": "pounds", "zh": "英镑", "ja": "ポンド", "es": "libras", "fr": "livres", "it": "sterline", "pt": "libras",
            "de": "Pfund"},
    "CNY": {"en": "yuan", "zh": "元", "ja": "元", "es": "yuanes", "fr": "yuans", "de": "Yuan"},
    "JPY": {"en": "yen", "zh": "日元", "ja": "円"},
    "INR": {"en": "rupees", "hi": "रुपये"},
    "RUB": {"en": "roubles", "ru": "рублей"},
    "THB": {"en": "baht", "th": "บาท"},
    "VND": {"en": "dong", "vi": "đồng"},
    "IDR": {"en": "rupiah", "id": "rupiah"},
    "BRL": {"en": "reais", "pt": "reais"},
    "MYR": {"en": "ringgit"},
    "AUD": {"en": "Australian dollars"},
    "SAR": {"en": "riyals", "ar": "ريال"},
    "AED": {"en": "dirhams", "ar": "درهم"},
    **{code: {} for code in ("MXN", "ARS", "COP", "CLP", "PEN", "CAD", "SGD", "HKD", "TWD", "NZD", "PHP", "CHF", "KRW")},
}
_SYMBOLS = {
    "$": "USD",
    "US$": "USD",
    "A$": "AUD",
    "€": "EUR",
    "£": "GBP",
    "CN¥": "CNY",
    "₹": "INR",
    "₽": "RUB",
    "฿": "THB",
    "₫": "VND",
    "RM": "MYR",
    "Rp": "IDR",
    "R$": "BRL",
    "HK$": "HKD",
    "S$": "SGD",
    "NT$": "TWD",
    "C$": "CAD",
    "₩": "KRW",
    "Rs": "INR",
    "Rs.": "INR",
}
SINGULAR = {"dólares": "dólar", "euros": "euro", "dollars": "dollar", "yuanes": "yuan", "yuans": "yuan", "reais": "real",
            "dollari": "dollaro", "libras": "libra", "livres": "livre", "sterline": "sterlina", "centavos": "centavo",
            "centesimi": "centesimo", "रुपये": "रुपया"}
OF_MILLIONS = {"es": " de", "fr": " de", "pt": " de", "it": " di"}  # between whole millions and the currency
MINOR = {"es": "con", "fr": "", "de": "", "pt": "e", "it": "e"}  # between whole and hundredths of a price
RANGE = {
    "en": "to",
    "zh": "到",
    "ja": "から",
    "es": "a",
    "fr": "à",
    "de": "bis",
    "pt": "a",
    "it": "a",
    "ru": "-",  # "три-пять дней": a word would ask for other endings of the numbers
    "id": "sampai",
    "vi": "đến",
    "th": "ถึง",
    "ar": "إلى",
    "hi": "से",
}
# Between the numbers of a ratio like 16:9; languages that say nothing there are left to the voice.
RATIO = {"en": "to", "zh": "比", "ja": "対", "es": "a", "fr": "sur", "de": "zu", "pt": "por", "it": "a", "ru": "к"}
SIGNS: dict[str, dict[str, str]] = {
    "&": {
        "en": "and",
        "zh": "和",
        "ja": "と",
        "es": "y",
        "fr": "et",
        "de": "und",
        "pt": "e",
        "it": "e",
        "ru": "и",
        "id": "dan",
        "vi": "và",
        "th": "และ",
        "ar": "و",
        "hi": "और",
    },
    "+": {"en": "plus", "zh": "加", "ja": "プラス", "es": "más", "de": "plus", "pt": "mais", "it": "più", "ru": "плюс",
          "fr": "plus", "id": "plus", "vi": "cộng", "th": "บวก", "hi": "प्लस", "ar": "زائد"},
    "=": {
        "en": "equals",
        "zh": "等于",
        "ja": "イコール",
        "es": "igual a",
        "fr": "égale",
        "de": "gleich",
        "pt": "igual a",
    },
    "×": {"en": "by", "zh": "乘", "ja": "かける", "es": "por", "fr": "par", "de": "mal", "pt": "por", "it": "per",
          "ru": "на", "id": "kali", "vi": "nhân", "th": "คูณ", "hi": "गुणा", "ar": "في"},
    "±": {"en": "plus or minus", "zh": "正负", "ja": "プラスマイナス", "es": "más menos", "fr": "plus ou moins",
          "de": "plus minus", "pt": "mais ou menos", "it": "più o meno", "ru": "плюс-минус", "id": "plus minus",
          "vi": "cộng trừ", "th": "บวกลบ", "hi": "प्लस माइनस", "ar": "زائد ناقص"},
    "%": {"en": "percent", "zh": "百分号", "ja": "パーセント", "es": "por ciento", "fr": "pour cent", "de": "Prozent",
          "pt": "por cento", "it": "per cento", "ru": "процентов", "id": "persen", "vi": "phần trăm", "th": "เปอร์เซ็นต์",
          "ar": "بالمئة", "hi": "प्रतिशत"},
    "@": {"en": "at", "zh": "", "ja": "アット", "es": "arroba", "fr": "arobase", "de": "at"},
}


@dataclass(frozen=True, slots=True)
class UnitName:
    """cldr: the unit's CLDR name; words: by language where CLDR has none, or a longer one than people say."""

    cldr: str
    words: dict[str, str] = field(default_factory=dict)


def _unit(cldr: str, zh: str, **words: str) -> UnitName:
    return UnitName(cldr, {"zh": zh, **words})


_INCH = _unit("length-inch", "英寸", ja="インチ", en="inch", th="นิ้ว", ar="بوصة", hi="इंच", vi="inch", id="inci")
UNITS: dict[str, UnitName] = {
    "kg": _unit("mass-kilogram", "公斤"),
    "g": _unit("mass-gram", "克"),
    "mg": _unit("mass-milligram", "毫克"),
    "lb": _unit("mass-pound", "磅"),
    "lbs": _unit("mass-pound", "磅"),
    "oz": _unit("mass-ounce", "盎司"),
    "mm": _unit("length-millimeter", "毫米"),
    "cm": _unit("length-centimeter", "厘米"),
    "m": _unit("length-meter", "米"),
    "km": _unit("length-kilometer", "公里"),
    "inch": _INCH,
    "inches": _unit("length-inch", "英寸", ja="インチ", en="inches", th="นิ้ว", ar="بوصة", hi="इंच", vi="inch", id="inci"),
    '"': _INCH,
    "ft": _unit("length-foot", "英尺"),
    "l": _unit("volume-liter", "升", ja="リットル"),
    "L": _unit("volume-liter", "升", ja="リットル"),
    "ml": _unit("volume-milliliter", "毫升", ja="ミリリットル"),
    "mL": _unit("volume-milliliter", "毫升", ja="ミリリットル"),
    "W": _unit("power-watt", "瓦"),
    "V": _unit("electric-volt", "伏"),
    "mAh": _unit(
        "electric-milliampere-hour",
        "毫安时",
        en="milliamp hours",
        es="miliamperios hora",
        fr="milliampères-heures",
        de="Milliamperestunden",
        ja="ミリアンペアアワー",
    ),
    "Wh": _unit("energy-watt-hour", "瓦时", en="watt hours", de="Wattstunden", es="vatios hora", fr="wattheures"),
    "kWh": _unit("energy-kilowatt-hour", "千瓦时"),
    "h": _unit("duration-hour", "小时", ja="時間"),
    "min": _unit("duration-minute", "分钟", ja="分"),
    "s": _unit("duration-second", "秒", ja="秒"),
    "ms": _unit("duration-millisecond", "毫秒"),
    "Hz": _unit("frequency-hertz", "赫兹"),
    "kHz": _unit("frequency-kilohertz", "千赫"),
    "GHz": _unit("frequency-gigahertz", "吉赫"),
    "dB": _unit("sound-decibel", "分贝", en="decibels", de="Dezibel", es="decibelios"),
    "lm": _unit("light-lumen", "流明", en="lumens"),
    "K": _unit("temperature-kelvin", "开"),
    "°C": _unit("temperature-celsius", "摄氏度", ja="度"),
    "℃": _unit("temperature-celsius", "摄氏度", ja="度"),
    "°F": _unit("temperature-fahrenheit", "华氏度"),
    "°": _unit("angle-degree", "度", ja="度"),
    "%": _unit(
        "concentr-percent",
        "%",
        en="percent",
        es="por ciento",
        fr="pour cent",
        de="Prozent",
        pt="por cento",
        it="per cento",
        ja="パーセント",
        id="persen",
        vi="phần trăm",
        th="เปอร์เซ็นต์",
        ar="بالمئة",
        hi="प्रतिशत",
    ),
    "GB": _unit("digital-gigabyte", "GB", en="gigabytes"),
    "TB": _unit("digital-terabyte", "TB", en="terabytes"),
    "pcs": _unit("concentr-item", "件", en="pieces", es="piezas", fr="pièces", de="Stück", pt="peças", it="pezzi", ja="個",
                 id="buah", vi="cái", ru="штук", th="ชิ้น", hi="पीस", ar="قطع"),
    "A": _unit("electric-ampere", "安"),
    "m²": _unit("area-square-meter", "平方米"), "m2": _unit("area-square-meter", "平方米"),
    "㎡": _unit("area-square-meter", "平方米"), "cm²": _unit("area-square-centimeter", "平方厘米"),
    "m³": _unit("volume-cubic-meter", "立方米"), "cm³": _unit("volume-cubic-centimeter", "立方厘米"),
    "cl": _unit("volume-centiliter", "厘升"), "cL": _unit("volume-centiliter", "厘升"),
    "km/h": _unit("speed-kilometer-per-hour", "公里每小时", ja="キロメートル毎時"),
    "mph": _unit("speed-mile-per-hour", "英里每小时"),
    "kW": _unit("power-kilowatt", "千瓦"), "MHz": _unit("frequency-megahertz", "兆赫"), "MB": _unit("digital-megabyte", "MB"),
    "㎝": _unit("length-centimeter", "厘米"), "㎜": _unit("length-millimeter", "毫米"), "㎞": _unit("length-kilometer", "公里"),
    "㎏": _unit("mass-kilogram", "公斤"), "㎖": _unit("volume-milliliter", "毫升", ja="ミリリットル"),
    "µm": _unit("length-micrometer", "微米"), "μm": _unit("length-micrometer", "微米"),
    "kcal": _unit("energy-kilocalorie", "千卡"), "bar": _unit("pressure-bar", "巴"),
    "fl oz": _unit("volume-fluid-ounce", "液盎司"),
    "Kg": _unit("mass-kilogram", "公斤"), "KG": _unit("mass-kilogram", "公斤"), "ML": _unit("volume-milliliter", "毫升"),
    "CM": _unit("length-centimeter", "厘米"), "MM": _unit("length-millimeter", "毫米"),
    "fps": _unit("concentr-item", "帧每秒", en="frames per second", de="Bilder pro Sekunde", es="imágenes por segundo",
                 fr="images par seconde", it="fotogrammi al secondo", pt="quadros por segundo", ja="フレーム毎秒"),
    "MP": _unit("graphics-megapixel", "百万像素", en="megapixels"),
}
# What CLDR lacks, would say in English ("electric volt"), or says longer than people do.
UNIT_WORDS: dict[str, dict[str, str]] = {
    "ar": {"ft": "قدم", "l": "لتر", "L": "لتر", "W": "واط", "V": "فولت", "mAh": "مللي أمبير ساعة", "Wh": "واط ساعة",
           "Hz": "هرتز", "dB": "ديسيبل", "lm": "لومن", "°": "درجة", "TB": "تيرابايت", "A": "أمبير", "cl": "سنتيلتر",
           "µm": "ميكرومتر", "μm": "ميكرومتر", "cL": "سنتيلتر", "bar": "بار"},
    "hi": {"lb": "पाउंड", "lbs": "पाउंड", "oz": "औंस", "mAh": "मिलीएम्पियर घंटे", "Wh": "वाट घंटे", "dB": "डेसिबल", "bar": "बार",
           "fl oz": "फ़्लूइड औंस", "fps": "फ़्रेम प्रति सेकंड"},
    "th": {"lb": "ปอนด์", "lbs": "ปอนด์", "oz": "ออนซ์", "ft": "ฟุต", "W": "วัตต์", "mAh": "มิลลิแอมป์ชั่วโมง", "Wh": "วัตต์ชั่วโมง",
           "min": "นาที", "ms": "มิลลิวินาที", "dB": "เดซิเบล", "kW": "กิโลวัตต์", "kcal": "กิโลแคลอรี", "bar": "บาร์",
           "fl oz": "ออนซ์", "fps": "เฟรมต่อวินาที"},
    "ru": {"mAh": "миллиампер-часов", "Wh": "ватт-часов", "dB": "децибел", "fps": "кадров в секунду"},
    "id": {"mAh": "miliampere jam", "Wh": "watt jam", "dB": "desibel", "fps": "bingkai per detik"},
    "vi": {"ft": "phít", "mAh": "mili ampe giờ", "Wh": "oát giờ", "dB": "đề-xi-ben", "fps": "khung hình mỗi giây"},
    "ja": {"Wh": "ワット時", "dB": "デシベル"}, "fr": {"dB": "décibels"},
    "pt": {"mAh": "miliamperes-hora", "Wh": "watts-hora", "dB": "decibéis"},
    "it": {"mAh": "milliampere ora", "Wh": "wattora", "dB": "decibel"},
}  # fmt: skip
# Hundredths by themselves ("$0.99"), of these currencies; "" for all others.
CENTS: dict[str, dict[str, str]] = {
    "en": {"USD": "cents", "EUR": "cents", "AUD": "cents", "CAD": "cents", "GBP": "pence"},
    "de": {"USD": "Cent", "EUR": "Cent"}, "fr": {"USD": "cents", "EUR": "centimes"},
    "es": {"EUR": "céntimos", "": "centavos"}, "it": {"EUR": "centesimi", "USD": "centesimi"},
    "pt": {"EUR": "cêntimos", "": "centavos"}, "hi": {"INR": "पैसे", "USD": "सेंट", "EUR": "सेंट"},
    "ar": {"USD": "سنت", "EUR": "سنت", "SAR": "هللة", "AED": "فلس"}, "th": {"THB": "สตางค์", "USD": "เซนต์", "EUR": "เซนต์"},
}  # fmt: skip
CENTS_NAMED = ("hi", "ar", "th")  # also behind whole ones
_NUM2WORDS = {
    "pt": "pt_BR",
    "en": "en",
    "es": "es",
    "fr": "fr",
    "de": "de",
    "it": "it",
    "ru": "ru",
    "id": "id",
    "th": "th",
    "vi": "vi",
    "ja": "ja",
}
_POINTS = {"es": "coma", "vi": "phẩy"}
MINUS = {"en": "minus ", "es": "menos ", "fr": "moins ", "de": "minus ", "pt": "menos ", "it": "meno ", "ja": "マイナス",
         "zh": "负", "ru": "минус ", "id": "minus ", "th": "ลบ", "vi": "âm ", "hi": "माइनस ", "ar": "ناقص "}
# Which sign before three digits separates thousands; a comma where nothing is listed.
_GROUPS = {"de": ".", "it": ".", "pt": ".", "id": ".", "vi": ".", "ru": ".", "fr": ".", "es": ".,"}
_COMMA_SAID = ("es", "fr", "de", "pt", "it", "ru", "id", "vi")
UNSPACED = ("zh", "ja", "th")  # written without blanks
_HAN_DIGITS = "零一二三四五六七八九"
MAX_SAID = 10**12  # longer is an article number: digit by digit is better left to the voice


def currency_code(symbol: str, base: str) -> str:
    """ISO 4217 of a symbol; ¥ is the yuan, in Japanese the yen. A code is itself."""
    if symbol == "¥":
        return "JPY" if base == "ja" else "CNY"
    return _SYMBOLS.get(symbol, symbol)


def plain_number(written: str, base: str = "en") -> str:
    """A written number without group separators, with a decimal point: "1,299.50" -> "1299.50", "79,9" -> "79.9".

    Of two separators the last is the decimal one; one that is repeated groups. A single one before three digits groups,
    except where the language's decimal sign is meant: "1.299" is 1299 in German and 1.299 in English. Spanish is written
    both ways, so there both group.
    """
    number = re.sub("[ \u00a0\u202f]", "", written)
    signs = [c for c in number if c in ".,"]
    if not signs:
        return number
    last = signs[-1]
    if len(set(signs)) == 2:
        decimal = last
    elif len(signs) > 1 or (len(number.rpartition(last)[2]) == 3 and last in _GROUPS.get(base, ",")):
        decimal = ""
    else:
        decimal = last
    whole, _, part = number.rpartition(decimal) if decimal else (number, "", "")
    whole = whole.replace(",", "").replace(".", "")
    return f"{whole}.{part}" if decimal else whole


def number_words(written: str, base: str) -> str:
    """The number in words of the language; digits where the language's words are not at hand (voices read those)."""
    number = plain_number(written, base)
    if number.startswith("-"):
        return MINUS.get(base, "-") + number_words(number[1:], base)  # num2words reads "-5" as fifteen in Vietnamese
    whole, _, part = number.partition(".")
    if (len(whole) > 1 and whole.startswith("0")) or int(whole or 0) >= MAX_SAID:
        return written
    if base == "zh":
        return han_number(int(whole)) + ("点" + "".join(_HAN_DIGITS[int(d)] for d in part) if part else "")
    if base not in _NUM2WORDS:
        return number
    from num2words import num2words

    if base in _POINTS and part:  # num2words says "twenty" for the 2 of 1.2 in Vietnamese, and a Spanish point
        lang = _NUM2WORDS[base]
        said = " ".join(str(num2words(int(d), lang=lang)) for d in part)
        return f"{num2words(int(whole or 0), lang=lang)} {_POINTS[base]} {said}"
    value: int | float = float(number) if part else int(number)
    said = str(num2words(value, lang=_NUM2WORDS[base])).replace(",", "")  # a comma would be a pause
    if base == "vi":  # "lẻ" stands before one to nine only
        said = re.sub(r"lẻ (?=mười|\S+ mươi)", "không trăm ", said)
    return said


def han_number(value: int) -> str:
    """0 <= value < 10**12 in Chinese: 1299 -> 一千二百九十九, 10050 -> 一万零五十."""
    if value == 0:
        return _HAN_DIGITS[0]
    groups: list[int] = []
    while value:
        value, four = divmod(value, 10_000)
        groups.append(four)
    said, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        four = groups[place]
        if not four:
            gap = bool(said)
            continue
        if said and (gap or four < 1000):
            said += "零"
        said += _han_four(four) + ("", "万", "亿")[place]
        gap = False
    said = said[1:] if said.startswith("一十") else said
    return "两" + said[1:] if said[:2] in ("二千", "二万", "二亿") else said


def _han_four(value: int) -> str:
    said, gap = "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // power % 10
        if digit:
            said += ("零" if gap and said else "") + _HAN_DIGITS[digit] + name
            gap = False
        else:
            gap = True
    return said
