"""Breaches of glTF 2.0 as findings: one per rule, with how often and where first."""

from __future__ import annotations

from assets.gate.findings import Finding
from assets.gate.spec.problems import Problems
from assets.gate.spec.rules import MENDS, rules

_NAMED = ("KHR_", "EXT_")


def findings(problems: Problems) -> list[Finding]:
    """One finding for each code, in the order they were met. number: how often."""
    found = []
    for code, count in problems.counts.items():
        rule, first = rules()[code], problems.first(code)
        source = rule.section if rule.section.startswith(_NAMED) else f"glTF 2.0, section {rule.section}"
        place = first.where or "/"
        detail = f": {first.detail}" if first.detail else ""
        often_en, often_zh = (f"{count} times, first at", f"共 {count} 处，首见于") if count > 1 else ("at", "位于")
        mend_en, mend_zh = MENDS[rule.mend]
        found.append(Finding(code, rule.tier, f"{rule.english} ({often_en} {place}{detail}).",
                             f"{rule.chinese}（{often_zh} {place}{detail}）。", count, 0, source, mend_en, mend_zh))
    return found
