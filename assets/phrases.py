"""Where a line of captions may end: at a sign, best at the end of a sentence; not between an article and its noun, a
preposition and what follows, a number and its unit, nor within a word of a script that has no blanks. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from typing import Any

SENTENCE_ENDS, SIGNS = ".!?。！？…؟।", ",;:，、；：،؛–—)）」』”"
# Words that lean on the next one.
_LEADERS: dict[str, frozenset[str]] = {language: frozenset(words.split()) for language, words in {
    "en": "a an the this that these those my your our its their his her of to in on at for from with by as and or but "
          "if than not no is are was were be been has have had can will would do does did so very more most i you we "
          "they it he she who which when while about into onto over under per",
    "de": "der die das den dem des ein eine einen einem einer eines mein dein sein ihr unser euer und oder aber von zu "
          "zum zur im in am an auf bei mit für aus nach über unter vor ist sind war hat haben kann wird nicht kein "
          "keine sehr so wie als dass wenn ich du er sie es wir",
    "fr": "le la les un une des du de d l au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos "
          "leur et ou mais à en dans sur sous pour par avec sans chez que qui est sont a ont ne se je tu il elle on "
          "nous vous ils très plus",
    "es": "el la los las un una unos unas de del a al en con por para sin sobre entre y o pero que mi tu su sus nuestro "
          "es son se no muy más lo le como si este esta estos estas",
    "pt": "o a os as um uma uns umas de do da dos das em no na nos nas por pelo pela para com sem sobre e ou mas que "
          "meu minha seu sua é são se não muito mais como este esta esse essa ao à",
    "it": "il lo la i gli le un uno una di del della dei delle a al alla in nel nella con per da dal dalla su sul sulla "
          "tra fra e o ma che mio tuo suo è sono si non molto più come questo questa",
    "ru": "в во на с со к ко у о об от до из за по под над при для без через и или но а что как не ни это этот эта мой "
          "твой его её наш ваш их очень более",
    "id": "di ke dari pada untuk dengan oleh dan atau tetapi yang ini itu sebuah para akan tidak sangat lebih adalah "
          "bisa kami kita saya anda",
    "vi": "của và hoặc nhưng trong trên dưới với cho từ đến tại là một các những cái chiếc không rất hơn được bị sẽ đã "
          "đang có",
    "hi": "और या लेकिन यह वह इस उस एक बहुत नहीं कि जो",
    "ar": "في من إلى على عن مع أو ثم أن هذا هذه ذلك لا لم لن كل بعض غير",
}.items()}
# Words and signs that lean on the one before.
_FOLLOWERS: dict[str, frozenset[str]] = {language: frozenset(words.split()) for language, words in {
    "zh": "的 地 得 了 着 过 吗 呢 吧 啊 呀 们 里 上 下 中 元 米 克 个 只 件 台 块 度 号 岁 厘米 公斤 毫升",
    "ja": "は が を に で と も の へ や か ね よ です ます から まで より だ な ない する して した 円 個 枚 本 台",
    "hi": "का की के को से में पर ने है हैं था थी थे तक",
    "th": "ค่ะ ครับ นะ นะคะ คะ ๆ บาท",
}.items()}
# Words of shops that BudouX cuts in two.
_WHOLE = re.compile(
    "充电器|充电线|充电宝|数据线|不锈钢|不銹鋼|洗碗机|洗衣机|毫安时|二合一|三合一|保温杯|摄氏度|食品级"
    "|防水级|环保|包邮|下单|明天|今天|工作日|七天无理由|退换货|退货|运费|运费险|保修期|优惠券|直播间"
    "|购物车|会员价|到手价|券后价|无线|蓝牙|耳机|快充|铝合金|搪瓷|黄铜|实木|纯棉|真皮|尺码|颜色|厘米"
    "|毫米|公斤|毫升|像素|英寸|小时|分钟|屏幕|电池|续航|机身|内胆|杯盖|台灯|背包|手机|电脑")
_LEAN, _NO_SIGN, _MINOR_SIGN = 8.0, 3.0, 0.8
_LINE, _RAGGED, _CUE = 2.0, 3.0, 1.5  # a line more; a line that is far from full; a cue that ends without a sentence's end
_ALONE = 2.0  # one word for a whole line
_INSIDE = 12.0  # inside a word or a phrase of a script that has no blanks: rather a line more


def leans(word: str, following: str, language: str) -> bool:
    """Whether a line should not end between the two. language: BCP 47."""
    base, bare = language.split("-")[0].lower(), word.strip().lower()
    if bare[-1:] in SENTENCE_ENDS or bare[-1:] in SIGNS:
        return False
    number = bool(bare) and bare.strip("$€£¥₹~±").replace(",", "").replace(".", "").isdigit()
    return (number or bare.strip("\"'“”«»¿¡(（") in _LEADERS.get(base, ())
            or following.strip().strip("，。、,.!?！？") in _FOLLOWERS.get(base, ()))


def lines_of(words: Sequence[str], language: str, limit: float, lines: int, size: Callable[[str], float] = len) -> list[int]:
    """How many words each line has, none longer than `limit` where no word is; `lines` of them are seen together.
    words: with their signs and blanks; size: of a text, in the unit of `limit`, characters. The cheapest of all ways to
    break."""
    sizes, bare = [size(word) for word in words], [size(word.rstrip()) for word in words]
    whole = _phrase_ends("".join(words), language)
    costs = [_border(a, b, language) + (0.0 if whole is None or at in whole or a.endswith(" ") else _INSIDE)
             for (a, b), at in zip(pairwise(words), accumulate(map(len, words)), strict=False)]
    best: dict[tuple[int, int], tuple[float, int, int]] = {(0, 0): (0.0, 0, 0)}  # words before, place in the cue -> cost, back
    for end in range(1, len(words) + 1):
        length, start = 0.0, end
        while start > 0:
            start -= 1
            length += sizes[start]
            seen = length - sizes[end - 1] + bare[end - 1]
            if seen > limit and start < end - 1:
                break
            line = _LINE + (0.0 if end == len(words) else costs[end - 1] + _RAGGED * (1 - min(seen, limit) / limit) ** 2)
            line += _ALONE if end - start == 1 and seen < limit / 3 and len(words) > 1 else 0.0
            for place in range(lines):
                before = best.get((start, place))
                if before is None:
                    continue
                after = (place + 1) % lines
                full = _CUE if after == 0 and end < len(words) and words[end - 1].rstrip()[-1:] not in SENTENCE_ENDS else 0.0
                cost = before[0] + line + full
                if cost < best.get((end, after), (float("inf"), 0, 0))[0]:
                    best[end, after] = (cost, start, place)
    at, place = min(((len(words), p) for p in range(lines) if (len(words), p) in best), key=lambda key: best[key][0],
                    default=(0, 0))
    out: list[int] = []
    while at:
        _, start, back = best[at, place]
        out.append(at - start)
        at, place = start, back
    return out[::-1]


@lru_cache(maxsize=64)
def _phrase_ends(text: str, language: str) -> frozenset[int] | None:
    """Where a line may end in Chinese, Japanese and Thai, by BudouX: never within a word or between a number's digits; None for
    other languages."""
    parser = _parser(language)
    if parser is None:
        return None
    kept = [match.span() for match in _WHOLE.finditer(text)]
    ends = (at for at in accumulate(map(len, parser.parse(text))) if not any(a < at < b for a, b in kept))
    return frozenset(at for at in ends if not (text[at - 1 : at + 1].isascii() and text[at - 1 : at + 1].isalnum()
                                               and at < len(text)))


@cache
def _parser(language: str) -> Any:
    import budoux

    base, _, rest = language.lower().partition("-")
    if base == "zh" and rest in ("tw", "hk", "mo", "hant"):
        return budoux.load_default_traditional_chinese_parser()
    load = {"zh": budoux.load_default_simplified_chinese_parser, "ja": budoux.load_default_japanese_parser,
            "th": budoux.load_default_thai_parser}.get(base)
    return load() if load is not None else None


def _border(word: str, following: str, language: str) -> float:
    """What it costs to end a line between two words."""
    last = word.rstrip()[-1:]
    if last in SENTENCE_ENDS:
        return 0.0
    if last in SIGNS:
        return _MINOR_SIGN
    return _NO_SIGN + (_LEAN if leans(word, following, language) else 0.0)
