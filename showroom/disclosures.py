"""What the policy profile wants shown, kept and confirmed, and what of it this show cannot meet: for `nightwindow check`."""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.contradictions import Finding
from render.overlays import label
from showroom.config import ShowConfig
from showroom.content import Content
from showroom.retention import kept_days


def unmet(config: ShowConfig, content: Content) -> Iterator[Finding]:
    """What has to be mended before the show may go on air."""
    yield from _label(config, content)
    profile, language = content.policy, content.market.language
    ruled = {rule.family for rule in profile.rules if language.split("-")[0] in rule.languages}
    priced = any(p.price is not None for p in content.products.values())
    for d in profile.disclosures:
        due = (d.met_by == "price" and priced) or (d.met_by == "claim" and ruled.intersection(d.families))
        if due and language not in d.text and language.split("-")[0] not in d.text:
            yield Finding(f"market: {profile.id} wants {d.id!r} shown {d.when} ({d.source}), and has no words for it in "
                          f"{language!r}; take a profile of your own with text.{language} for it.",
                          f"market：{profile.id} 要求展示“{d.id}”（{d.source}），但没有 {language!r} 的文字；"
                          f"请在自己的策略文件中补充 text.{language}。", ())


def to_confirm(config: ShowConfig, content: Content) -> Iterator[Finding]:
    """What only the seller can do, or know."""
    profile, market = content.policy, content.market
    for d in profile.disclosures:
        if d.met_by == "seller" and d.id not in market.confirmed:
            yield Finding(f"market: {profile.id} wants {d.when} ({d.source}); we cannot see to it. Do it, then write "
                          f"confirmed = [\"{d.id}\"] into market.toml.",
                          f"market：{profile.id} 要求：{d.when}（{d.source}）；本程序无法代办。完成后请在 market.toml 写入 "
                          f"confirmed = [\"{d.id}\"]。", ())
    keep, days = profile.retention, config.state.keep_days
    if kept_days(days, keep) != days:
        least = kept_days(days, keep)
        yield Finding(f"show: state.keep_days = {days}, {profile.id} says {least} ({keep.source}); {least} it is.",
                      f"show：state.keep_days = {days}，而 {profile.id} 规定 {least} 天（{keep.source}）；"
                      f"按 {least} 天执行。", ())
    if keep.min_days is not None and config.feeds.record is None:
        yield Finding(f"show: {profile.id} wants broadcasts kept for {keep.min_days} days ({keep.source}); nothing is "
                      "recorded. Set feeds.record.",
                      f"show：{profile.id} 要求直播视频保存 {keep.min_days} 天（{keep.source}）；"
                      "目前没有录制，请设置 feeds.record。", ())
    if keep.max_days is not None and keep.min_days is None and config.feeds.record is not None:
        if config.state.delete_recordings:
            yield Finding(f"show: recordings are deleted {keep.max_days} days after they were written ({profile.id}: "
                          f"{keep.source}).", f"show：录像在写入 {keep.max_days} 天后删除"
                          f"（{profile.id}：{keep.source}）。", ())
        else:
            yield Finding(f"show: {profile.id} wants recordings deleted after {keep.max_days} days ({keep.source}); they are "
                          "kept. Delete them yourself, or set state.delete_recordings = true.",
                          f"show：{profile.id} 要求录像在 {keep.max_days} 天后删除（{keep.source}）；现在会一直保留。"
                          "请自行删除，或设置 state.delete_recordings = true。", ())


def _label(config: ShowConfig, content: Content) -> Iterator[Finding]:
    p, size, market = config.picture, content.policy.label_size, content.market
    drawn = label(market.ai_label, market.language, p.width_px, p.height_px, size.min_height_share)
    if drawn is None:
        return
    covers = drawn.area_px / (p.width_px * p.height_px)
    if covers > size.max_frame_share or drawn.box[2] > p.width_px or drawn.box[3] > p.height_px:
        yield Finding(f"market: ai_label is too long: at the height that {content.policy.id} asks "
                      f"({size.min_height_share:.0%}) it covers {covers:.0%} of the picture, {size.max_frame_share:.0%} are "
                      "allowed; shorten it.",
                      f"market：ai_label 过长：按 {content.policy.id} 要求的字高（{size.min_height_share:.0%}）会占画面 "
                      f"{covers:.0%}，上限为 {size.max_frame_share:.0%}；请缩短。", ())
