"""The whole check of a document against glTF 2.0, as one sentence."""

from __future__ import annotations

from assets.gate.spec import animations, elements, links, meshes, resources, structure, trees
from assets.gate.spec.model import Model
from assets.gate.spec.problems import Problems
from assets.glb_container import Document


def validate(document: Document, problems: Problems) -> None:
    """Note every breach that is an error of glTF 2.0 or of an extension we know; none of its recommendations.

    Not promised: the contents of Draco and meshopt streams (their decoders judge them) and of unknown extensions.
    """
    model = Model(document, problems)
    structure.check(model)
    links.check(model)
    meshes.check(model)
    trees.check(model)
    animations.check(model)
    _variants(model)
    resources.check(model)
    elements.check(model)


def _variants(model: Model) -> None:
    """Each variant at most once per primitive. Source: KHR_materials_variants."""
    for _, mesh, where in model.each("meshes"):
        for k, primitive in enumerate(mesh.get("primitives", [])):
            seen: set[int] = set()
            for entry in (model.extension(primitive or {}, "KHR_materials_variants") or {}).get("mappings", []):
                for variant in (entry or {}).get("variants", []):
                    if variant is not None and variant in seen:
                        model.problems.add("khr_materials_variants_non_unique_variant", f"{where}/primitives/{k}", variant)
                    seen.add(variant)
