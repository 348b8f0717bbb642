"""`python -m assets.gate.worker`: one model, one locked process. Request and report are JSON on the pipes."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO, Any

from assets.gate import formats, sandbox


def judge(path: Path, listed_size_m: tuple[float, float, float] | None, out: IO[bytes] | None) -> list[dict[str, Any]]:
    """All findings as plain dicts; writes the repaired copy when asked and nothing is refused. Raises OSError."""
    from assets.gate.checks import counts, images, readable, specification, triangle_count
    from assets.gate.findings import Finding
    from assets.gate.repairs import basis
    from assets.gate.spec import container, validation
    from assets.gate.spec.problems import Problems
    from assets.gate.subject import Subject
    from assets.glb import GlbError
    from assets.glb_container import open_document

    data = path.read_bytes()
    problems, findings = Problems(), list[Finding]()
    try:
        if not formats.is_gltf(data):
            data, note = formats.converted(path, data, listed_size_m[1] if listed_size_m else None)
            findings.append(note)
            if note.code == "standee":  # it has the listed height; its width is the photo's, its depth a board's
                listed_size_m = None
        container.check(data, problems)
        subject = Subject(open_document(data, path.parent), len(data), listed_size_m)
        findings += counts.check(subject)
        findings += [] if _refused(findings) else triangle_count.check(subject)
        if not _refused(findings):
            validation.validate(subject.document, problems)
            document, notes = basis.unpacked(subject.document)
            subject, findings = replace(subject, document=document), findings + notes
            findings += images.check(subject)
        if not _refused(findings):
            findings += _look(subject, out)
    except GlbError as error:
        findings.append(readable.refusal(error))
    except OSError as error:
        if error.errno is not None:  # a full disk is not the file's fault; Pillow's errors of pixels have no number
            raise
        findings.append(readable.refusal(GlbError(f"A picture in it cannot be decoded ({str(error)[:80]}).", "image")))
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        # JSON of the right syntax and the wrong shape; the specification's findings name the place
        findings.append(readable.refusal(GlbError("A part of the file's JSON is of the wrong kind, so it cannot be read.")))
    findings += specification.findings(problems)
    return [asdict(f) for f in findings]


def _refused(findings: list[Any]) -> bool:
    return any(f.tier == "refused" for f in findings)


def _look(subject: Any, out: IO[bytes] | None) -> list[Any]:
    """What only the loaded scene shows, and the repaired copy. Raises GlbError."""
    from assets.gate.checks import budget, look, readable, surface
    from assets.gate.repairs.placement import place
    from assets.gate.rewrite import repaired_glb
    from assets.glb_read import scene_of

    subject = replace(subject, scene=scene_of(subject.document))
    if subject.scene.triangle_count:
        matrix, found = place(subject)
        found += [*budget.check(subject), *surface.check(subject), *look.check(subject)]
    else:
        matrix, found = None, [readable.nothing_drawn()]
    data, mended = repaired_glb(subject, matrix)
    if out is not None:
        out.write(data)
    return [*mended, *found]


def main() -> None:
    """Read a request from standard input, write the report to standard output."""
    request = json.load(sys.stdin)
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # libraries that print do not print into the report
    listed = tuple(request["listed_size_m"]) if request.get("listed_size_m") else None
    path = Path(request["path"])
    try:
        out = open(request["repair_to"], "wb") if request.get("repair_to") else None  # noqa: SIM115 - opened before the lock
        suffix = path.suffix.lower()
        space = sandbox.USD_ADDRESS_SPACE_BYTES if suffix in formats.READ_AS_USD else sandbox.ADDRESS_SPACE_BYTES
        held = sandbox.enter([path, path.parent] if suffix != ".glb" else [path], space)
        found = judge(path, listed, out)
        if out is not None:
            out.close()
    except OSError as error:
        print(json.dumps({"unreadable": error.strerror or str(error)}), file=answer)
        return
    print(json.dumps({"findings": found, "held": held}), file=answer)


if __name__ == "__main__":
    main()
