"""What the gate found of a model, as one page with pictures before and after: English and Chinese, nothing to load."""

from __future__ import annotations

import base64
import html
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assets.gate.inspection import repair

DRAW_S = 60.0  # the software rasteriser needs 2 s; a machine that is on air longer
_TITLES = {"before.jpg": ("As it came", "原始文件"), "after.jpg": ("As it is shown", "展示效果"),
           "true_size.jpg": ("True size, beside a person of 1.70 m", "真实尺寸（与身高 1.70 米的人对比）"),
           "poster.jpg": ("Poster", "海报"), "turntable.webp": ("Turntable", "转台")}
_VERDICTS = {"accepted": ("accepted", "已接受"), "repaired": ("repaired", "已修复"), "refused": ("refused", "已拒绝")}
_TIERS = {"refused": ("refused", "拒绝"), "repaired": ("repaired", "已修复"), "warned": ("warned", "提醒")}
_PACKS = {"broadcast": ("stage", "直播舞台"), "first": ("browser, at once", "网页首屏"), "tour": ("browser, whole", "网页完整"),
          "ar": ("AR", "AR")}
_STYLE = """
body{font:16px/1.5 system-ui,"Noto Sans","Noto Sans CJK SC",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
color:#1b2030}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}small,.zh{color:#5a6275}
figure{display:inline-block;margin:0 1rem 1rem 0;vertical-align:top}
figure img{display:block;max-width:100%;border:1px solid #d5d9e2}
table{border-collapse:collapse;width:100%}
td,th{border-top:1px solid #d5d9e2;padding:.45rem .6rem;text-align:left;vertical-align:top}
.refused{color:#a11}.repaired{color:#175ca8}.warned{color:#8a5a00}.accepted{color:#1c7a3e}.views img{width:7rem}
"""


class PictureError(RuntimeError):
    """No pictures; one sentence."""


def draw_pictures(after: Path, before: Path | None, out: Path, driver: str = "auto", nice: int = 0) -> list[str]:
    """Eight views, poster, turntable, true size, before and after into `out`; their names. In a process of its own.
    nice: 10 beside a show on air. Raises PictureError, OSError."""
    out.mkdir(parents=True, exist_ok=True)
    request = {"after": str(after.resolve()), "before": str(before.resolve()) if before else None, "out": str(out.resolve()),
               "driver": "auto" if driver == "off" else driver}
    command = [sys.executable, "-m", "render.product_pictures"]
    if nice and (found := shutil.which("nice")):
        command = [found, "-n", str(nice), *command]
    try:
        run = subprocess.run(command, input=json.dumps(request), capture_output=True, text=True, timeout=DRAW_S, check=False,
                             env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    except subprocess.TimeoutExpired:
        raise PictureError(f"drawing the pictures took more than {DRAW_S:.0f} s") from None
    try:
        answer = dict(json.loads(run.stdout.strip().splitlines()[-1]))
    except (IndexError, ValueError):
        raise PictureError(f"the pictures could not be drawn (exit {run.returncode})") from None
    if "error" in answer:
        raise PictureError(str(answer["error"]))
    return list(answer["made"])


def write_report(path: Path, model: Path, size_m: tuple[float, float, float] | None, result: Mapping[str, Any],
                 driver: str = "auto") -> str | None:
    """The page of `nightwindow add --report`. result: fields of the command. Gives why there are no pictures, or None.
    Raises OSError."""
    why, pictures = None, dict[str, bytes]()
    with tempfile.TemporaryDirectory(prefix="nightwindow-report-") as name:
        folder = Path(name)
        if result.get("verdict") != "refused":  # a refused file is never drawn
            try:
                if not repair(model, folder / "model.glb", size_m).refused:
                    made = draw_pictures(folder / "model.glb", model, folder / "pictures", driver)
                    pictures = {n: (folder / "pictures" / n).read_bytes() for n in made}
            except PictureError as error:
                why = str(error)
        path.write_text(report_html(model.name, result, pictures), encoding="utf-8")
    return why


def report_html(name: str, result: Mapping[str, Any], pictures: Mapping[str, bytes]) -> str:
    """The page. name: of the file or product; result: "verdict", "findings", and where known "size_m", "packs", "why";
    pictures: by file name, embedded."""
    said = html.escape
    english, chinese = _VERDICTS.get(str(result.get("verdict")), ("", ""))
    rows = [f"<h1>{said(name)}: <span class='{said(str(result.get('verdict')))}'>{english} · {chinese}</span></h1>"]
    if size := result.get("size_m"):
        rows.append(f"<p>{' × '.join(f'{float(v) * 100:.1f}' for v in size)} cm <small>width × height × depth · 宽 × 高 × 深"
                    "</small></p>")
    if why := result.get("why"):
        rows.append(f"<p class='warned'>{said(why['en'])}<br><span class='zh'>{said(why['zh'])}</span></p>")
    if packs := result.get("packs"):
        words = "; ".join(f"{_PACKS[k][0]} ({_PACKS[k][1]}) {v / 1000:,.0f} kB" for k, v in packs.items() if k in _PACKS)
        rows.append(f"<p><small>Packs · 轻量包: {words}</small></p>")
    for group in (("before.jpg", "after.jpg"), ("true_size.jpg", "turntable.webp"), ("poster.jpg",)):
        rows += [_figure(k, pictures[k]) for k in group if k in pictures]
    views = [pictures[k] for k in sorted(pictures) if k.startswith("view_")]
    if views:
        rows.append("<div class='views'>" + "".join(f"<img alt='' src='{_inline(v, 'image/jpeg')}'>" for v in views) + "</div>")
    rows.append("<h2>Findings · 检查结果</h2>")
    found = list(result.get("findings") or ())
    if not found:
        rows.append("<p>Nothing was found wrong. <span class='zh'>未发现问题。</span></p>")
    else:
        heads = ("", "What · 内容", "Value · 数值", "Limit · 限值", "Source · 依据")
        rows.append("<table><tr>" + "".join(f"<th>{h}</th>" for h in heads) + "</tr>" + "".join(map(_row, found)) + "</table>")
    return (f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{said(name)}</title><style>{_STYLE}</style><body>"
            + "\n".join(rows) + "</body></html>\n")


def _row(f: Mapping[str, Any]) -> str:
    said, tier = html.escape, str(f.get("tier"))
    english, chinese = _TIERS.get(tier, (tier, ""))
    mend = f.get("mend") or {}
    cells = [f"<td class='{said(tier)}'>{english}<br>{chinese}<br><small>{said(str(f.get('code')))}</small></td>",
             f"<td>{said(f['message']['en'])}<br><span class='zh'>{said(f['message']['zh'])}</span>"
             + "".join(f"<br><small>{said(str(mend[k]))}</small>" for k in ("en", "zh") if mend.get(k)) + "</td>"]
    cells += [f"<td>{'' if f.get(k) is None else format(float(f[k]), ',.6g')}</td>" for k in ("number", "limit")]
    return "<tr>" + "".join(cells) + f"<td><small>{said(str(f.get('source') or ''))}</small></td></tr>"


def _figure(name: str, data: bytes) -> str:
    english, chinese = _TITLES[name]
    mime = "image/webp" if name.endswith(".webp") else "image/jpeg"
    return (f"<figure><img alt='{english}' src='{_inline(data, mime)}'><figcaption>{english} · "
            f"<span class='zh'>{chinese}</span></figcaption></figure>")


def _inline(data: bytes, mime: str) -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"
