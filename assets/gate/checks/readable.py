"""Refusals of the reader itself, with their Chinese sentence by code."""

from __future__ import annotations

from assets.gate.findings import Finding
from assets.glb import GlbError

SOURCE = "glTF 2.0 specification"
_CHINESE = {
    "not_gltf": "这不是 GLB 或 glTF 文件。",
    "truncated": "文件不完整，数据被截断。",
    "version": "文件不是 glTF 2.0，请重新导出。",
    "json": "文件的 JSON 部分无法解析。",
    "json_size": "JSON 部分超过 16 MiB。",
    "non_finite": "文件含有非有限数值（NaN 或无穷大）。",
    "external": "文件引用了自身以外的资源，请把资源嵌入文件。",
    "unsupported": "文件要求使用不支持的扩展，请去掉后重新导出。",
    "index": "文件引用了不存在的对象。",
    "range": "数据访问超出范围。",
    "cycle": "节点不构成树，存在循环引用。",
    "depth": "节点嵌套超过 1000 层。",
    "image": "贴图无法识别，请使用 PNG、JPEG 或 WebP。",
    "size_missing": "照片没有尺寸信息，请填写商品的宽、高、深（米）。",
    "too_large": "数据量过大。",
}


def refusal(error: GlbError) -> Finding:
    """The finding behind a GlbError."""
    return Finding(error.code, "refused", str(error), _CHINESE.get(error.code, "文件格式有误，无法读取。"), source=SOURCE)


def nothing_drawn() -> Finding:
    """For a file that is sound and empty: glTF allows it, and nobody would see a product."""
    return Finding("empty", "warned", "The file draws no triangle: nobody would see a product.",
                   "文件中没有可显示的三角形，观众将看不到商品。", 0, 1, SOURCE,
                   "Export the product's meshes, or show it by a photo.", "请导出商品的网格，或改用照片展示。")
