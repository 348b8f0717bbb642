"""What the policy profile says of the script and of the show as it is set up, for `nightwindow check`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from assets.forbidden import forbidden
from assets.market import Market
from assets.policy import PolicyProfile
from assets.rundown_file import Rundown
from avatar.speech import Utterance
from dialogue.contradictions import Finding
from dialogue.policy import Policy, Verdict
from dialogue.ports import LANGUAGES
from showroom.content import Content
from showroom.rundown import covering_forms, form_count, worded

MAX_FORMS_CHECKED = 24  # wordings of a line whose words are put before the policy


def script_findings(path: Path, rundown: Rundown, policy: Policy, language: str) -> Iterator[Finding]:
    """Each line of which a wording may not be said: its place in the file, the rule, the law behind it."""
    numbers = _LineNumbers(path)
    policy.read_ahead((worded(line.text, form) for item in rundown.items for section in item.sections
                       for variant in section.variants for line in variant for form in covering_forms(line.text)), language)
    for item in rundown.items:
        for section in item.sections:
            for v, variant in enumerate(section.variants):
                for i, line in enumerate(variant):
                    text, verdict = _worst(policy, line.text, line.cites, item.product, language)
                    where = f"{path}:{numbers.next(line.marked)}: {item.product}.{section.id}, variant {v + 1}, line {i + 1}"
                    if verdict is not None and not verdict.allowed:
                        yield _finding(where, text, verdict)


def setup_findings(content: Content) -> Iterator[Finding]:
    """What the profile forbids of products, dress and voice."""
    profile, market = content.policy, content.market
    yield from _goods(content)
    if profile.imagery.outfits and market.outfit not in profile.imagery.outfits:
        fit = ", ".join(profile.imagery.outfits)
        yield Finding(f"market: outfit {market.outfit!r} does not meet {profile.id} ({profile.imagery.dress}); choose {fit}.",
                      f"market：服装 {market.outfit!r} 不符合 {profile.id}（{profile.imagery.dress}）；请选 {fit}。", ())
    if profile.ai_voice.allowed == "no":
        yield Finding(f"market: {profile.id} allows no generated voice ({profile.ai_voice.source}); let a person speak.",
                      f"market：{profile.id} 不允许合成语音（{profile.ai_voice.source}）；请由真人配音。", ())
    yield from _language(profile, market)


def forbidden_goods(content: Content) -> Iterator[Finding]:
    """Products of a category that the profile forbids: they are not shown."""
    for sku, product in content.catalogue.items():
        category = product.extra.get("category", "")
        if (kind := forbidden(content.policy, category)) is not None:
            yield Finding(f"{sku}: its category {category!r} is {kind.category}, which {content.policy.id} forbids "
                          f"({kind.source}); it is not shown, take it out of the catalogue.",
                          f"{sku}：类目“{category}”属于 {content.policy.id} 禁止的“{kind.category}”（{kind.source}）；"
                          "不会展示，请从商品目录中移除。", ())


def _goods(content: Content) -> Iterator[Finding]:
    """Products of a forbidden category, or whose name is of such a kind; the rule on what may be said sees to sentences."""
    yield from forbidden_goods(content)
    rules = tuple(r for r in content.policy.rules if r.family == "forbidden-goods")
    if not rules:
        return
    policy = Policy(content.policy.model_copy(update={"rules": rules, "numbers_need_source": False}))
    for sku, product in content.products.items():
        for language, name in product.names.items():
            verdict = policy.check(Utterance("name", name, language))
            if not verdict.allowed:
                yield Finding(f"{sku}: {name!r} may not be shown: rule {verdict.rule} ({verdict.source}); take it off.",
                              f"{sku}：“{name}”不得展示：规则 {verdict.rule}（{verdict.source}）；请下架。", ())
                break


def _language(profile: PolicyProfile, market: Market) -> Iterator[Finding]:
    base = market.language.split("-")[0]
    if base not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        yield Finding(f"market: no voice and no policy of ours knows {market.language!r}; they know {known}.",
                      f"market：没有声音也没有规则支持 {market.language!r}；支持 {known}。", ())
    elif profile.rules and base not in {language for rule in profile.rules for language in rule.languages}:
        yield Finding(f"market: {profile.id} has no rules in {market.language!r}, so no claim in it is checked; join a profile "
                      f"that has, such as \"{profile.id}+own-site\".",
                      f"market：{profile.id} 没有 {market.language!r} 的规则，该语言的说法不会被检查；请合并含该语言的规则，"
                      f"例如 \"{profile.id}+own-site\"。", ())


def _worst(policy: Policy, text: str, cites: tuple[str, ...], product: str, language: str) -> tuple[str, Verdict | None]:
    covering = covering_forms(text)  # a meaning takes the model, read ahead for these
    for form in sorted({*covering, *range(min(form_count(text), MAX_FORMS_CHECKED))}):
        said = worded(text, form)
        utterance = Utterance("check", said, language, product=product, citations=cites)
        verdict = policy.check(utterance, by_meaning=form in covering)
        if not verdict.allowed:
            return said, verdict
    return text, None


def _finding(where: str, text: str, verdict: Verdict) -> Finding:
    law = f" ({verdict.source})" if verdict.source else ""
    return Finding(f"{where}: {text!r}: rule {verdict.rule}: {verdict.reason}{law}",
                   f"{where}：“{text}”：规则 {verdict.rule}：{verdict.reason_zh or verdict.reason}{law}", ())


class _LineNumbers:
    """Where the lines of a script stand in its file; they come in the file's order."""

    def __init__(self, path: Path) -> None:
        try:
            self._rows = path.read_text("utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            self._rows = []
        self._at = 0

    def next(self, marked: str) -> int:
        """1-based line of the next text that reads `marked`; 0 when it is not found."""
        for number in range(self._at, len(self._rows)):
            if marked in self._rows[number] or marked in _unescaped(self._rows[number]):
                self._at = number  # two lines of a script may share a row
                return number + 1
        return 0


def _unescaped(row: str) -> str:
    """The strings of a row as TOML reads them."""
    if "\\" not in row:
        return row
    start = row.find('"')
    end = row.find('"', start + 1)
    while end != -1 and row[end - 1] == "\\":
        end = row.find('"', end + 1)
    try:
        return str(tomllib.loads(f"t = {row[start:end + 1]}")["t"])
    except tomllib.TOMLDecodeError:
        return row
