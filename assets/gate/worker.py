"""`python -m assets.gate.worker`: one model, one process with hard limits. Request and report are JSON on the pipes."""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

ADDRESS_SPACE_BYTES = 2 * 1024**3  # numpy and its BLAS reserve about 0.6 GiB before they do anything
CPU_S = 10
FILE_BYTES = 256 * 1024**2


def limit() -> None:
    """Hard limits on memory, processor time, written bytes and open files; no core dump."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def judge(path: Path, listed_size_m: tuple[float, float, float] | None, repair_to: Path | None) -> list[dict[str, Any]]:
    """All findings as plain dicts; writes the repaired copy when asked and nothing is refused."""
    from assets.gate.checks import budget, images, readable, triangle_count
    from assets.gate.findings import Finding
    from assets.gate.repairs import stripped
    from assets.gate.repairs.placement import place
    from assets.gate.rewrite import repaired_glb
    from assets.gate.subject import Subject
    from assets.glb import GlbError, read_glb
    from assets.glb_container import open_document

    findings: list[Finding] = []
    try:
        subject = Subject(open_document(path), path.stat().st_size, listed_size_m)
        findings += triangle_count.check(subject) + images.check(subject)
        if not any(f.tier == "refused" for f in findings):
            from assets.gate.checks import surface  # trimesh takes half a second, and refusals need none of it

            subject = replace(subject, scene=read_glb(path))
            matrix, placed = place(subject)
            findings += [*placed, *stripped.find(subject), *budget.check(subject), *surface.check(subject)]
            if repair_to is not None:
                repair_to.write_bytes(repaired_glb(subject.document, matrix))
    except GlbError as error:
        findings.append(readable.refusal(error))
    return [asdict(f) for f in findings]


def main() -> None:
    """Read a request from standard input, write the report to standard output."""
    limit()
    request = json.load(sys.stdin)
    listed = tuple(request["listed_size_m"]) if request.get("listed_size_m") else None
    repair_to = Path(request["repair_to"]) if request.get("repair_to") else None
    try:
        found = judge(Path(request["path"]), listed, repair_to)
    except OSError as error:
        print(json.dumps({"unreadable": error.strerror or str(error)}))
        return
    print(json.dumps({"findings": found}))


if __name__ == "__main__":
    main()
