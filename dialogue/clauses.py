"""Where a sentence may be cut, so that the first sound starts before the last clause is synthesised. Pure."""

from __future__ import annotations

import re

_STRONG = ".!?…;:。！？；：।॥؟؛۔\n"
_SOFT = ",，、،—–"
_CLOSING = "\"'”’»)]}）】」』》.!?…。！？।؟"  # goes with the clause before it
_FULL_WIDTH = "。！？；：，、"  # a cut even without a blank after it
# A dot after these does not end anything (lower case, without the dot).
_ABBREVIATIONS = frozenset((
    "mr", "mrs", "ms", "dr", "prof", "sr", "sra", "jr", "st", "no", "nr", "vs", "approx", "ca", "bzw", "z.b", "d.h",
    "u.a", "etc", "e.g", "i.e", "cf", "fig", "inc", "ltd", "co", "corp", "max", "min", "vol", "art", "tel", "ex",
    "p.ej", "ud", "uds", "núm", "av", "m", "mme", "mlle", "env", "sig", "dott", "dt", "г", "т.е", "т.д", "руб",
    "стр", "p", "fa", "tel", "ee", "uu", "ecc", "ул", "д", "г", "им", "sdr", "jl", "tp", "ts", "pgs", "डॉ", "श्री", "د",
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "okt", "dez", "janv", "févr", "avr",
    "juil", "déc", "ene", "abr", "dic", "fev", "giu", "lug", "ott", "pág", "págs", "pag", "pagg", "hlm", "ок", "incl", "excl",
    "aprox", "dra", "กก", "ซม", "มม", "ลบ",
))
# A dot is theirs before a number only: "No. 5", but "No. Thank you."
_BEFORE_NUMBERS = frozenset((
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "okt", "dez", "janv", "févr", "avr",
    "juil", "déc", "ene", "abr", "dic", "fev", "giu", "lug", "ott", "art", "p", "no", "nr", "pág", "págs", "pag", "pagg", "hlm",
    "ок",
))
_FOR_EXAMPLE = ("ej.", "ex.", "es.")  # after "p."
_DOTTED = re.compile(r"(?:\w\.)+\w", re.UNICODE)  # "U.S", "p.m", "т.е"
_SHORT = 3  # letters: a shorter word with a dot before a small letter is an abbreviation of somebody's
# Polite endings of Thai, which has no full stop: the blank after one ends what was said.
_THAI_END = re.compile(r"(?:ค่ะ|คะ|ครับ|จ้ะ|จ้า)$")
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")
MIN_WORDS = 3  # shorter pieces sound chopped; they join their neighbour
LONG_WORDS = 26  # about 9 s: longer delays the first sound and the way to a stop
_HAN_PER_WORD = 2.0
MIN_HEAD = 4  # words said before a cut without a sign: fewer sound like a stutter
# Words that begin a phrase, in languages with blanks: before them a speaker may breathe.
_LINKS = frozenset((
    "and", "or", "but", "with", "for", "from", "to", "that", "which", "when", "if", "while", "because", "so", "in", "on", "at",
    "y", "pero", "con", "para", "que", "cuando", "si", "porque", "en", "et", "ou", "mais", "avec", "pour", "dans", "quand",
    "e", "ma", "per", "che", "quando", "perché", "mas", "com", "em", "porque", "und", "oder", "aber", "mit", "für", "wenn",
    "weil", "и", "или", "но", "с", "для", "если", "когда", "dan", "atau", "tetapi", "dengan", "untuk", "yang", "jika", "và",
    "hoặc", "nhưng", "với", "cho", "nếu", "khi", "और", "या", "लेकिन", "कि", "अगर",
))
# Behind a number a dot belongs to these, where the sentence goes on.
_SHORT_UNIT = re.compile(r"\d[\d.,]*\s?(?:ft|in|oz|lbs?|pcs?|hrs?|mins?|secs?|yrs?|qt|gal|yd|[Ss]td|[Ss]tk)$")
LONG_SIGNS = 80  # letters without a blank or sign; the longest real words have 60


def clauses(text: str, language: str) -> list[str]:
    """Short clauses of `text`, in order; joined without anything between they are `text` again.

    Never cuts inside a number ("1,299.50", "20:00"), an abbreviation, a web address or a word.
    language: BCP 47; in German "5. Mai" is an ordinal, all other rules hold for every script.
    """
    if not text.strip():
        return []
    pieces: list[tuple[str, bool]] = []  # clause, ends at strong punctuation
    start = 0
    for at in range(len(text)):
        thai = text[at] == " " and bool(_THAI_END.search(text[max(0, at - 5) : at]))
        if at < start or not (thai or (text[at] in _STRONG + _SOFT and _is_cut(text, at, language))):
            continue
        end = at + 1
        while end < len(text) and text[end] in _CLOSING:
            end += 1
        while end < len(text) and text[end].isspace():
            end += 1
        pieces.append((text[start:end], thai or text[at] in _STRONG))
        start = end
    if start < len(text):
        pieces.append((text[start:], True))
    return [part for clause in _joined(pieces) for part in _shortened(clause)]


def head_and_rest(clause: str, most_words: float) -> tuple[str, str] | None:
    """A clause cut in two at a blank, so that the head has at most `most_words` words: before a linking word where there
    is one, never beside a number. None where it cannot be; joined with a blank the two are the clause again."""
    words = clause.split(" ")
    cuts = [i for i in range(MIN_HEAD, len(words) - MIN_WORDS + 1)
            if word_count(" ".join(words[:i])) <= most_words and not any(c.isdigit() for w in words[i - 1 : i + 1] for c in w)]
    if not cuts or _HAN.search(clause):
        return None
    at = max(cuts, key=lambda i: (words[i].lower() in _LINKS, i))
    return " ".join(words[:at]), " ".join(words[at:])


def word_count(text: str) -> float:
    """Words, where two signs of a script without blanks count as one."""
    signs = len(_HAN.findall(text))
    return signs / _HAN_PER_WORD + len(_HAN.sub(" ", text).split())


def _is_cut(text: str, at: int, language: str) -> bool:
    sign, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if sign in _FULL_WIDTH or sign == "\n":
        return not (before.isdigit() and after.isdigit())
    if sign in "—–":
        return before.isspace() and after.isspace()
    rest = text[at + 1 :].lstrip(_CLOSING)
    if not rest or rest[0].isspace() or (after != rest[0] and _HAN.match(rest)):
        if sign != ".":
            return True
        return _is_full_stop(text, at, rest.lstrip(), language)
    if sign == "." and _HAN.match(after) and before.isalpha() and not after.isdigit():
        return True
    return sign in ",!?;…،" and not after.isdigit() and bool(_HAN.match(after) or _HAN.match(before))


def _is_full_stop(text: str, at: int, rest: str, language: str) -> bool:
    """Whether the dot at `at` ends a sentence; rest: what follows after blanks."""
    if not rest:
        return True
    word = text[max(0, at - 40) : at].split()[-1:] or [""]
    written = word[0].lstrip("(\"'“‘«[")
    bare = written.lower()
    if bare.isdigit() and len(bare) <= 2 and language.startswith("de"):
        return False
    if _SHORT_UNIT.search(text[max(0, at - 20) : at]) and re.match(r"[a-z\d(]", rest):
        return False
    if _DOTTED.fullmatch(written):
        return rest[0].isupper() and bare in ("a.m", "p.m")
    if bare == "p" and rest.startswith(_FOR_EXAMPLE):
        return False
    if bare in _BEFORE_NUMBERS and not rest[0].isdigit():
        return True
    if bare.isalpha() and len(bare) <= _SHORT and rest[0].islower():
        return False
    return bare not in _ABBREVIATIONS and not (len(bare) == 1 and bare.isalpha())


def _joined(pieces: list[tuple[str, bool]]) -> list[str]:
    """Join what is too short: soft pieces with their neighbours, a strong one only while nothing has been said."""
    clauses: list[str] = []
    held = ""
    for piece, strong in pieces:
        held += piece
        enough = word_count(held) >= MIN_WORDS
        if (strong and word_count(held) >= 1) or enough:
            if not enough and clauses and not _ends_sentence(clauses[-1]):
                clauses[-1] += held
            else:
                clauses.append(held)
            held = ""
    if held:
        if clauses:
            clauses[-1] += held
        else:
            clauses.append(held)
    return clauses


def _ends_sentence(clause: str) -> bool:
    return clause.rstrip().rstrip("\"'”’»)]}）】」』》")[-1:] in tuple(_STRONG.strip())


def _shortened(clause: str) -> list[str]:
    """A clause with no punctuation for more than LONG_WORDS words, cut at blanks into equal parts; what has no blanks is
    cut between signs."""
    words = [part for w in re.finditer(r"\S+\s*", clause) for part in _bounded(w.group())]
    if sum(map(_weight, words)) <= LONG_WORDS:
        return [clause]
    lead = clause[: len(clause) - len(clause.lstrip())]
    total = sum(_weight(w) for w in words)
    wanted = total / max(1, int(-(-total // LONG_WORDS)))
    cut, held = [""], 0.0
    for word in words:
        if cut[-1] and (held + _weight(word) > LONG_WORDS or held >= wanted):
            cut.append("")
            held = 0.0
        cut[-1] += word
        held += _weight(word)
    return [lead + cut[0], *cut[1:]]


def _weight(word: str) -> float:
    """Words in it; a long unbroken row of letters counts by its length."""
    signs = len(word.strip())
    return max(word_count(word), signs / LONG_SIGNS * LONG_WORDS if signs > LONG_SIGNS / 2 else 0.0)


def _bounded(word: str) -> list[str]:
    """A word, or pieces of one that no voice could say in one breath."""
    size = LONG_SIGNS // 2 if _HAN.search(word) else LONG_SIGNS
    return [word] if len(word) <= size else [word[i : i + size] for i in range(0, len(word), size)]
