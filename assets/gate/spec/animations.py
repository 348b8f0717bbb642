"""Animations: samplers, their formats and counts, what channels move. Source: glTF 2.0, section 3.11.

The showroom plays none, but a file whose animation is broken was written by a broken exporter, and says so.
"""

from __future__ import annotations

from assets.gate.spec.fields import Clean
from assets.gate.spec.model import Model, format_of

_INTS = ("5120n", "5121n", "5122n", "5123n")
_OUTPUTS = {
    "translation": {"VEC3 5126"},
    "scale": {"VEC3 5126"},
    "rotation": {"VEC4 5126", *(f"VEC4 {i}" for i in _INTS)},
    "weights": {"SCALAR 5126", *(f"SCALAR {i}" for i in _INTS)},
}


def check(model: Model) -> None:
    """Note what is wrong with animations."""
    for _, animation, where in model.each("animations"):
        samplers = animation.get("samplers", [])
        for k, sampler in enumerate(samplers):
            if sampler is not None:
                _sampler(model, sampler, f"{where}/samplers/{k}")
        seen: set[tuple[int, str]] = set()
        for k, channel in enumerate(animation.get("channels", [])):
            if channel is not None:
                _channel(model, channel, samplers, seen, f"{where}/channels/{k}")


def _sampler(model: Model, sampler: Clean, where: str) -> None:
    add = model.problems.add
    for key in ("input", "output"):
        accessor = model.use_accessor(sampler.get(key), f"animation {key}", f"{where}/{key}")
        if accessor is None:
            continue
        view = model.use_view(accessor.get("bufferView"), "animation", f"{where}/{key}")
        if view is not None and "byteStride" in view:
            add("animation_sampler_accessor_with_bytestride", f"{where}/{key}")
        if key == "output":
            continue
        if format_of(accessor) != "SCALAR 5126":
            add("animation_sampler_input_accessor_invalid_format", f"{where}/input", format_of(accessor))
        if not {"min", "max"} <= set(accessor):
            add("animation_sampler_input_accessor_without_bounds", f"{where}/input")
        if sampler.get("interpolation") == "CUBICSPLINE" and accessor.get("count", 2) < 2:
            add("animation_sampler_input_accessor_too_few_elements", f"{where}/input")


def _channel(model: Model, channel: Clean, samplers: list[Clean | None], seen: set[tuple[int, str]], where: str) -> None:
    add = model.problems.add
    target, index = channel.get("target", {}), channel.get("sampler", -1)
    node, path = model.at("nodes", target.get("node")), target.get("path", "")
    if "KHR_animation_pointer" in target.get("extensions", {}):
        if "node" in target:
            add("khr_animation_pointer_animation_channel_target_node", f"{where}/target")
        if path != "pointer":
            add("khr_animation_pointer_animation_channel_target_path", f"{where}/target", path)
    targets = 0
    if node is not None:
        mesh = model.at("meshes", node.get("mesh"))
        first: Clean = next((p for p in (mesh or {}).get("primitives", []) if p is not None), {})
        targets = len(first.get("targets", []))
        if path in ("translation", "rotation", "scale") and "matrix" in node:
            add("animation_channel_target_node_matrix", f"{where}/target")
        if path == "weights" and not targets:
            add("animation_channel_target_node_weights_no_morphs", f"{where}/target")
    if "node" in target:
        if (target["node"], path) in seen:
            add("animation_duplicate_targets", f"{where}/target", path)
        seen.add((target["node"], path))
    if index < 0:
        return
    sampler = samplers[index] if index < len(samplers) else None
    if sampler is None:
        add("unresolved_reference", f"{where}/sampler", f"sampler {index}")
        return
    _output(model, sampler, path, targets, f"{where}/sampler")


def _output(model: Model, sampler: Clean, path: str, targets: int, where: str) -> None:
    times, values = model.at("accessors", sampler.get("input")), model.at("accessors", sampler.get("output"))
    if values is None:
        return
    if path in _OUTPUTS and format_of(values) not in _OUTPUTS[path]:
        model.problems.add("animation_sampler_output_accessor_invalid_format", where, format_of(values))
    if times is None or "count" not in times or "count" not in values or path not in _OUTPUTS:
        return
    expected = times["count"] * (3 if sampler.get("interpolation") == "CUBICSPLINE" else 1)
    if path == "weights":
        expected *= targets
    if expected and expected != values["count"]:
        model.problems.add("animation_sampler_output_accessor_invalid_count", where, f"{values['count']}, not {expected}")
