"""A look's numbers as weights of the part's shape targets. Names as in the part."""

from __future__ import annotations

from avatar.build.look import Look

_MACRO = "macrodetails/"
_TWO = (("l-", "r-"))
# slider -> (target where positive, target where negative, strength); "*" stands for both sides
_FACE: dict[str, tuple[tuple[str, str, float], ...]] = {
    "oval": (("head/head-oval", "", 1.0),),
    "round": (("head/head-round", "", 1.0),),
    "square": (("head/head-square", "", 1.0),),
    "jaw_width": (("head/head-fat-incr", "head/head-fat-decr", 0.1), ("chin/chin-bones-incr", "chin/chin-bones-decr", 0.7)),
    "chin_width": (("chin/chin-width-incr", "chin/chin-width-decr", 1.0),
                   ("chin/chin-jaw-drop-incr", "chin/chin-jaw-drop-decr", 1.0)),
    "chin_height": (("chin/chin-height-incr", "chin/chin-height-decr", 1.0),),
    "cheekbones": (("cheek/*cheek-bones-incr", "cheek/*cheek-bones-decr", 0.8),),
    "nose_width": (("nose/nose-width2-incr", "nose/nose-width2-decr", 1.0),
                   ("nose/nose-scale-horiz-incr", "nose/nose-scale-horiz-decr", 0.8),
                   ("nose/nose-volume-incr", "nose/nose-volume-decr", 0.6)),
    "nose_length": (("nose/nose-scale-vert-incr", "nose/nose-scale-vert-decr", 1.0),),
    "nose_tip": (("nose/nose-point-up", "nose/nose-point-down", 1.0),),
    "lip_volume": (("mouth/mouth-lowerlip-volume-incr", "mouth/mouth-lowerlip-volume-decr", 0.85),
                   ("mouth/mouth-upperlip-volume-incr", "mouth/mouth-upperlip-volume-decr", 1.0)),
    "mouth_width": (("mouth/mouth-scale-horiz-incr", "mouth/mouth-scale-horiz-decr", 1.0),),
    "eye_size": (("eyes/*eye-scale-incr", "eyes/*eye-scale-decr", 1.0),),
    "eye_opening": (("eyes/*eye-height2-incr", "eyes/*eye-height2-decr", 1.0),
                    ("eyes/*eye-height1-incr", "eyes/*eye-height1-decr", 0.6),
                    ("eyes/*eye-height3-incr", "eyes/*eye-height3-decr", 0.6)),
    "eye_slant": (("eyes/*eye-corner2-up", "eyes/*eye-corner2-down", 1.0),),
    "eye_distance": (("eyes/*eye-trans-out", "eyes/*eye-trans-in", 1.0),),
    "brow_height": (("eyebrows/eyebrows-trans-up", "eyebrows/eyebrows-trans-down", 1.0),),
    "brow_angle": (("eyebrows/eyebrows-angle-up", "eyebrows/eyebrows-angle-down", 1.0),),
    "neck_width": (("neck/neck-scale-horiz-incr", "neck/neck-scale-horiz-decr", 1.0),),
}
_FIXED = {  # what all presenters have, by eye on contact sheets
    "woman": {"head/head-invertedtriangular": 0.78, "head/head-age-decr": 0.45,
              "forehead/forehead-scale-vert-decr": 0.13, "mouth/mouth-angles-up": 0.30,
              "head/head-scale-horiz-decr": 0.5, "eyes/l-eye-bag-decr": 0.5, "eyes/r-eye-bag-decr": 0.5,
              "mouth/mouth-cupidsbow-incr": 0.4,
              "cheek/l-cheek-volume-incr": 0.38, "cheek/r-cheek-volume-incr": 0.38,  # no hollow below the cheekbone
              "hands/measure-wrist-circ-decr": 0.4,
              **{f"hands/{side}-hand-fingers-{what}": much for side in "lr"
                 for what, much in (("length-incr", 0.4), ("diameter-decr", 0.25))}},
    "man": {"head/head-age-decr": 0.4, "cheek/l-cheek-volume-incr": 0.3, "cheek/r-cheek-volume-incr": 0.3,
            "cheek/l-cheek-inner-incr": 0.2, "cheek/r-cheek-inner-incr": 0.2, "mouth/mouth-trans-up": 0.22,
            "mouth/mouth-angles-up": 0.18, "mouth/mouth-cupidsbow-incr": 0.2, "neck/measure-neck-circ-decr": 0.2,
            "neck/neck-scale-vert-decr": 0.05,
            "head/head-fat-decr": 0.2, "head/head-diamond": 0.15, "head/head-scale-horiz-decr": 0.52,
            "forehead/forehead-scale-vert-decr": 0.4, "torso/measure-shoulder-dist-decr": 0.5,
            "head/head-scale-depth-incr": 0.35,
            "torso/torso-muscle-pectoral-decr": 0.8, "torso/torso-scale-horiz-decr": 0.2, "eyes/l-eye-bag-decr": 0.8,
            "eyes/r-eye-bag-decr": 0.8, "nose/nose-width1-decr": 0.6, "nose/nose-point-width-decr": 0.3,
            "eyebrows/eyebrows-trans-forward": 0.35, "chin/chin-prominent-incr": 0.25,
            "hands/l-hand-scale-decr": 0.45, "hands/r-hand-scale-decr": 0.45,
            "hands/l-hand-fingers-length-incr": 0.3, "hands/r-hand-fingers-length-incr": 0.3,
            **{f"ears/{side}-ear-{what}-decr": much for side in "lr"
               for what, much in (("wing", 0.1), ("flap", 0.2), ("lobe", 0.6), ("scale", 0.25))}},
}
YOUNG_YEARS, OLD_YEARS = 25.0, 75.0  # the part's "young" and "old"


def shape_targets(look: Look) -> dict[str, float]:
    """Target path -> weight."""
    sex = "female" if look.sex == "woman" else "male"
    old = min(max((look.age_years - YOUNG_YEARS) / (OLD_YEARS - YOUNG_YEARS), 0.0), 1.0)
    ages = {"young": 1.0 - old, "old": old}
    heads = look.ancestry.model_dump()
    whole = sum(heads.values()) or 1.0
    out: dict[str, float] = {}
    for age, much in ages.items():
        if much == 0.0:
            continue
        for head, share in heads.items():
            out[f"{_MACRO}{head}-{sex}-{age}"] = much * share / whole
        for muscle, m in _halves(look.muscle, "muscle"):
            for weight, w in _halves(look.weight, "weight"):
                out[f"{_MACRO}universal-{sex}-{age}-{muscle}-{weight}"] = much * m * w
                out[f"{_MACRO}proportions/{sex}-{age}-{muscle}-{weight}-idealproportions"] = 0.6 * much * m * w
    for slider, value in look.face.model_dump().items():
        for up, down, strength in _FACE[slider]:
            target = up if value > 0 else down
            for name in ([target.replace("*", side) for side in _TWO] if "*" in target else [target]):
                if name and value:
                    out[name] = out.get(name, 0.0) + abs(value) * strength
    return {name: weight for name, weight in (out | _FIXED[look.sex]).items() if weight}


def _halves(value: float, what: str) -> list[tuple[str, float]]:
    """min, average, max of a macro, blended: 0 all min, 0.5 all average, 1 all max."""
    low, high = max(0.0, 1 - 2 * value), max(0.0, 2 * value - 1)
    return [(name + what, share) for name, share in (("min", low), ("average", 1 - low - high), ("max", high)) if share]
