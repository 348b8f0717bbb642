"""A product's packs in the show: taken where they lie, made where they are missing, done without where they cannot be made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from assets.gate.findings import Finding
from assets.packs.kept import USDZ, PackError, kept_packs, make_packs, make_usdz
from assets.product import ProductModel

SOURCE = "Khronos 3D Commerce publishing targets (web catalogue: 3 MB), Google Scene Viewer (10 MB)"


def packed(model: Path, nice: int = 0) -> tuple[dict[str, int], Finding | None]:
    """Make the packs of a GLB that the gate has passed. Bytes of each by name, or {} and why not."""
    try:
        return {name: path.stat().st_size for name, path in make_packs(model, nice).items()}, None
    except (PackError, OSError) as error:
        return {}, Finding("packs", "warned", f"No packs were made; browsers load the whole file. {error}",
                           f"未能生成轻量包，浏览器将加载完整文件。（{error}）", source=SOURCE,
                           mend_en="Export the model with fewer triangles and smaller textures.",
                           mend_zh="请减少三角形数量并缩小贴图后重新导出。")


def for_iphones(product: ProductModel, nice: int = 0) -> str:
    """Make the product's USDZ; "" or one sentence why there is none."""
    try:
        make_usdz(product.packs["broadcast"], nice)
    except (PackError, OSError) as error:
        return f"iPhones cannot put it in the room ({error})"
    return ""


def with_packs(product: ProductModel) -> ProductModel:
    """The product with the packs that lie in the cache for its model, if any."""
    try:
        found = kept_packs(product.packs["broadcast"])
    except OSError:
        return product
    if "tour" in product.packs:  # made of another file, and only the extra may be new
        found = {k: v for k, v in found.items() if k == USDZ}
    return replace(product, packs={**product.packs, **found}) if found else product
