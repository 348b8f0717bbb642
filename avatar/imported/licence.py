"""Who may use a figure for what: VRM 0 and 1 metadata, glTF's copyright and Sketchfab's extras; and what that means on air.

A show that sells is commercial, and whoever runs it is not the figure's author unless the seller says so.
Sources: VRM 0.x and VRMC_vrm 1.0 specifications, "meta"; Creative Commons licence names (SPDX).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from assets.gate.findings import Finding
from avatar.imported.loose import object_of

_VRM1 = "VRMC_vrm 1.0, meta"
_VRM0 = "VRM 0.x, meta"
_TEXT_MOST = 200
_MEND_EN = ("Use another figure, or ask its author; who has the permission (or is the author) says so in show.toml: "
            'avatar_permission = "whose permission, and when it was given"')
_MEND_ZH = '请换用其他形象或联系作者；若已获授权（或您就是作者），请在 show.toml 中写明：avatar_permission = "谁在何时授权"'


@dataclass(frozen=True, slots=True)
class Rights:
    """title, authors, licence, copyright, url: as the file says them, "" where it does not; others, commercial, passing_on,
    changing: whether it allows use by others, in commerce, handing out copies, changes; None where it does not say.
    credit: whether the author must be named; source: where it was read."""

    title: str = ""
    authors: str = ""
    licence: str = ""
    copyright: str = ""
    url: str = ""
    others: bool | None = None
    commercial: bool | None = None
    passing_on: bool | None = None
    changing: bool | None = None
    credit: bool = False
    only_persons: bool = False
    source: str = ""

    @property
    def line(self) -> str:
        """One line for GLB and NOTICE."""
        parts = [self.title, f"by {self.authors}" if self.authors else "", self.licence, self.copyright, self.url]
        return ", ".join(p for p in parts if p) or "The file names neither author nor licence"


def rights_of(json: dict[str, Any]) -> Rights:
    """What the file says of itself."""
    extensions = object_of(json.get("extensions"))
    if meta := object_of(object_of(extensions.get("VRMC_vrm")).get("meta")):
        return _vrm1(meta)
    if meta := object_of(object_of(extensions.get("VRM")).get("meta")):
        return _vrm0(meta)
    asset = object_of(json.get("asset"))
    extras = object_of(asset.get("extras"))
    words = " ".join((_text(asset.get("copyright")), _text(extras.get("license"))))
    commercial, passing_on, changing = _creative_commons(words)
    return Rights(_text(extras.get("title")), _text(extras.get("author")), _text(extras.get("license")),
                  _text(asset.get("copyright")), _text(extras.get("source")), None, commercial, passing_on, changing,
                  bool(re.search(r"\bBY\b", words)), False, "glTF asset.copyright")


def _vrm1(meta: dict[str, Any]) -> Rights:
    who = meta.get("avatarPermission", "onlyAuthor")  # the specification's defaults are the strictest
    use = meta.get("commercialUsage", "personalNonProfit")
    authors = meta.get("authors")
    return Rights(
        _text(meta.get("name")), _text(", ".join(str(a) for a in authors) if isinstance(authors, list) else ""),
        f"VRM 1.0: avatarPermission {_text(who)}, commercialUsage {_text(use)}", _text(meta.get("copyrightInformation")),
        _text(meta.get("otherLicenseUrl") or meta.get("licenseUrl")), who == "everyone",
        use in ("personalProfit", "corporation"),
        meta.get("allowRedistribution", False) is True, meta.get("modification", "prohibited") != "prohibited",
        meta.get("creditNotation", "required") == "required", use == "personalProfit", _VRM1)


def _vrm0(meta: dict[str, Any]) -> Rights:
    who = _text(meta.get("allowedUserName")) or "OnlyAuthor"
    # the specification spells it "Ussage"
    use = _text(meta.get("commercialUssageName") or meta.get("commercialUsageName")) or "Disallow"
    name = _text(meta.get("licenseName")) or "Redistribution_Prohibited"
    commercial, passing_on, changing = _creative_commons(name.replace("_", "-"))
    return Rights(
        _text(meta.get("title")), _text(meta.get("author")),
        f"VRM 0.x: {name}, allowedUserName {who}, commercialUssageName {use}", "",
        _text(meta.get("otherLicenseUrl") or meta.get("otherPermissionUrl")), who == "Everyone",
        use == "Allow" and commercial is not False, False if name == "Redistribution_Prohibited" else passing_on, changing,
        "BY" in name.split("_"), False, _VRM0)


def _creative_commons(words: str) -> tuple[bool | None, bool | None, bool | None]:
    """(commercial, passing on, changing) of a Creative Commons name in a text; None where it names none."""
    if re.search(r"\b(CC-?0|CC0)\b|public domain", words, re.I):
        return True, True, True
    found = re.search(r"\bCC[- ]BY((?:[- ](?:NC|ND|SA))*)\b", words, re.I)
    if found:
        terms = found[1].upper()
        return "NC" not in terms, True, "ND" not in terms
    if re.search(r"non-?\s?commercial", words, re.I):
        return False, None, None
    return None, None, None


def findings(rights: Rights, permission: str) -> list[Finding]:
    """What the metadata means for a show on air. permission: what show.toml says in avatar_permission, "" for nothing."""
    out: list[Finding] = []

    def add(code: str, english: str, chinese: str, refused: bool) -> None:
        tier = "refused" if refused and not permission else "warned"
        said_en = f' Permission, as show.toml says: "{permission}".' if refused and permission else ""
        said_zh = f"show.toml 中写明的授权：“{permission}”。" if refused and permission else ""
        mend = (_MEND_EN, _MEND_ZH) if tier == "refused" else ("", "")
        out.append(Finding(code, tier, english + said_en, chinese + said_zh, source=rights.source, mend_en=mend[0],
                           mend_zh=mend[1]))

    if rights.others is False:
        add("licence_others", f"The file allows its use only to its author or to people named by the author ({rights.line}).",
            f"该文件仅允许作者本人或作者指定的人使用（{rights.line}）。", True)
    if rights.commercial is False:
        add("licence_commercial", f"The file forbids commercial use, and a show that sells is commercial ({rights.line}).",
            f"该文件禁止商业使用，而带货直播属于商业用途（{rights.line}）。", True)
    if rights.only_persons:
        add("licence_persons", "The file allows commercial use to private persons, not to companies.",
            "该文件仅允许个人商业使用，不允许公司使用。", False)
    if rights.passing_on is False:
        add("licence_copies", "The file must not be passed on; the 3D tour sends a converted copy to every shopper's browser. "
            "Ask the author whether that is allowed, or offer the video only.",
            "该文件禁止再分发；而三维展厅会把转换后的副本发送到每位顾客的浏览器。请向作者确认，或只提供视频。", False)
    if rights.changing is False:
        add("licence_changes", "The file must not be changed; for the show its arms are lowered and its mesh is made lighter.",
            "该文件禁止修改；为直播需要，会放下其双臂并简化网格。", False)
    if rights.credit and rights.authors:
        add("licence_credit", f"The author wants to be named: {rights.authors}.", f"作者要求署名：{rights.authors}。", False)
    if rights.others is None and rights.commercial is None:
        add("licence_unknown", "The file says nothing about who may use it; make sure that you may.",
            "该文件未说明使用许可；请确认您有权使用。", False)
    return out


def _text(value: Any) -> str:
    """One line of at most 200 characters; strangers' files are shown on terminals and pages."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in str(value))).strip()[:_TEXT_MOST]
