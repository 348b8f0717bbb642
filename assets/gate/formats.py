"""Files that are not glTF: what trimesh reads well becomes a GLB inside the locked process, then goes the same way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assets.gate.findings import Finding
from assets.glb import GlbError
from assets.glb_container import Document, uri_bytes

# suffix -> what trimesh calls it. Left out: formats whose readers need programs or fetch things.
READ_BY_TRIMESH = {".obj": "obj", ".stl": "stl", ".ply": "ply", ".off": "off"}
READ_AS_USD = (".usdz", ".usdc", ".usda", ".usd")
READ_AS_FBX = (".fbx", ".dae", ".3mf")
PHOTOS = (".png", ".jpg", ".jpeg", ".webp")
SUFFIXES = (".glb", ".gltf", *READ_BY_TRIMESH, *READ_AS_USD, *READ_AS_FBX, *PHOTOS)
MAX_BYTES = 60 * 1024**2  # text of more takes longer to read than the worker may run
SOURCE = "glTF 2.0 is what the stage and browsers draw"


def is_gltf(data: bytes) -> bool:
    """Whether the bytes begin like a GLB or like JSON."""
    return data[:4] == b"glTF" or data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def converted(path: Path, data: bytes, height_m: float | None = None) -> tuple[bytes, Finding]:
    """The file as a GLB, and the finding that says so. height_m: listed; a photo needs it. Raises GlbError."""
    suffix = path.suffix.lower()
    if suffix in PHOTOS:
        return _photo(data, height_m)
    if suffix not in SUFFIXES[2:]:
        raise GlbError("This is neither a GLB nor a glTF file.", "not_gltf")
    if len(data) > MAX_BYTES:
        raise GlbError(f"The {suffix} file has {len(data) / 2**20:.0f} MB; at most 60 are converted. Export it as GLB.",
                       "too_large")
    if suffix in READ_AS_USD:
        from assets.gate.usd import usd_to_glb

        glb = usd_to_glb(path)
    elif suffix in READ_AS_FBX:
        from assets.gate.fbx import fbx_to_glb

        glb = fbx_to_glb(str(path), data, Document({}, None, path.parent))
    else:
        glb = _by_trimesh(path, data)
    name = {".dae": "Collada"}.get(suffix, suffix[1:].upper())
    return glb, Finding("converted", "repaired", f"The {name} file was turned into a GLB; the original is kept.",
                        f"{name} 文件已转换为 GLB，原文件保留。", source=SOURCE)


def _photo(data: bytes, height_m: float | None) -> tuple[bytes, Finding]:
    from assets.gate.standee import standee_glb

    if height_m is None:
        raise GlbError("A photo shows no size: give the product's width, height and depth in metres.", "size_missing")
    glb, cut = standee_glb(data, height_m)
    how_en, how_zh = ("cut out and ", "抠图后") if cut else ("", "")
    return glb, Finding("standee", "repaired",
                        f"There is no model: the photo was {how_en}put up as a standee of {height_m:.3g} m.",
                        f"没有模型：照片已{how_zh}做成 {height_m:.3g} 米高的立牌。", height_m, None,
                        "our own rule: what is sold is shown at its true height",
                        "Send a model when there is one; it takes the photo's place.", "有模型后上传即可替换照片。")


def _by_trimesh(path: Path, data: bytes) -> bytes:
    suffix = path.suffix.lower()
    import trimesh

    try:
        loaded: Any = trimesh.load(trimesh.util.wrap_as_stream(data), file_type=READ_BY_TRIMESH[suffix],
                              resolver=_beside(path), force="scene", process=False)
        if not any(isinstance(g, trimesh.Trimesh) and len(g.faces) for g in loaded.geometry.values()):
            raise GlbError("The file draws no triangle.", "empty")
        return bytes(loaded.export(file_type="glb"))
    except GlbError:
        raise
    except Exception as error:  # its readers raise whatever their parsers raise
        raise GlbError(f"The {suffix} file cannot be read ({type(error).__name__}: {str(error)[:80]}).", "not_gltf") from None


def _beside(path: Path) -> Any:
    """A resolver for trimesh that reads files beside the model and nothing else."""
    from trimesh.resolvers import Resolver

    document = Document({}, None, path.parent)

    class Beside(Resolver):
        """Materials and pictures of an OBJ."""

        def __init__(self, source: str = "") -> None:
            """Nothing is opened before it is asked for."""

        def get(self, name: str) -> bytes:
            """The bytes of the file. Raises GlbError (a ValueError) for anything outside the folder."""
            return uri_bytes(document, name.strip().replace("\\", "/"), "a file beside it")

        def write(self, name: str, data: bytes) -> None:
            """Never: nothing is written here."""
            raise GlbError("Nothing is written beside a model.")

        def namespaced(self, namespace: str) -> Resolver:
            """The same."""
            return self

        def keys(self) -> list[str]:
            """Nothing is listed."""
            return []

    return Beside()
