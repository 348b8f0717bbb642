"""The house itself: sizes, names, tiers, packages, imports without effects, docs that keep up."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = [pytest.mark.check, pytest.mark.timeout(120)]
ROOT = Path(__file__).parents[2]
PACKAGES = ("assets", "avatar", "dialogue", "render", "showroom")
SOURCES = sorted(p for name in PACKAGES for p in (ROOT / name).rglob("*.py") if "node_modules" not in p.parts)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MAX_FILE, MAX_FUNCTION, MAX_CLASS = 400, 60, 250
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "core", "manager", "misc"}
TIERS = {"check", "unit", "property", "golden", "peer", "browser", "soak", "benchmark"}
# Longer than the rule, each with its reason. An entry that is no longer needed fails the test, too.
ALLOWED: dict[str, str] = {
    "tests/fakes/shop.py:passages": "a table of passages, one a line; splitting it would hide that it is one",
    "showroom/app.py:App": "the one composition root: every port is wired here and each handler is a few lines",
}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_files_functions_and_classes_are_short() -> None:
    too_long = {}
    for path in [*SOURCES, *TESTS]:
        text = path.read_text(encoding="utf-8")
        if (count := len(text.splitlines())) > MAX_FILE:
            too_long[name(path)] = count
        for node in ast.walk(ast.parse(text)):
            limit = {ast.FunctionDef: MAX_FUNCTION, ast.AsyncFunctionDef: MAX_FUNCTION, ast.ClassDef: MAX_CLASS}.get(type(node))
            if limit and (count := node.end_lineno - node.lineno + 1) > limit:
                too_long[f"{name(path)}:{node.name}"] = count
    assert not {k: v for k, v in too_long.items() if k not in ALLOWED}, "split it, or allow it with a reason"
    assert set(ALLOWED) <= set(too_long), "no longer needed on the allow-list"
    assert all(len(reason) > 20 for reason in ALLOWED.values())


def test_no_module_has_a_name_that_says_nothing() -> None:
    found = [name(p) for p in [*SOURCES, *TESTS] if {p.stem, p.parent.name} & FORBIDDEN_NAMES]
    assert not found


def test_every_test_module_has_exactly_one_tier_and_stands_in_its_folder() -> None:
    wrong = {}
    for path in TESTS:
        if not path.name.startswith("test_"):
            continue
        marks = set(re.findall(r"pytest\.mark\.(\w+)", "".join(_pytestmark(path)))) & TIERS
        if marks != {path.relative_to(ROOT / "tests").parts[0]}:
            wrong[name(path)] = marks
    assert not wrong


def _pytestmark(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [ast.unparse(n) for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "pytestmark"]


def test_packages_in_pyproject_are_the_packages_on_disk() -> None:
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    on_disk = {name(p.parent).replace("/", ".") for p in SOURCES if p.name == "__init__.py"}
    data_only = {p for p in setup["packages"] if not list((ROOT / p.replace(".", "/")).glob("*.py"))}
    assert data_only <= set(setup["package-data"])
    assert set(setup["packages"]) == on_disk | data_only
    for path in SOURCES:
        assert (path.parent / "__init__.py").exists(), f"{name(path)} is in no package"


def test_everything_the_packages_read_is_shipped() -> None:
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    shipped = {p for package, patterns in data.items() for pattern in patterns
               for p in (ROOT / package.replace(".", "/")).glob(pattern)}
    wanted = [*(ROOT / "render/shaders").glob("*.vert"), *(ROOT / "render/shaders").glob("*.frag"),
              *(ROOT / "showroom/web/dist").glob("*"), *(ROOT / "showroom/web").glob("*.html"),
              *(ROOT / "assets/policies").glob("*.toml"), *(ROOT / "dialogue/lexicon").glob("*.toml")]
    assert len(wanted) > 15 and not [name(p) for p in wanted if p.is_file() and p not in shipped]


def _tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / p for p in done.stdout.split("\0") if p]


def test_nothing_points_outside_the_repository() -> None:
    outside = re.compile(rb"\.\./" + rb"shared|/wo" + rb"rk/|/tmp/(?!\{)\w+\.(png|mp4)")
    found: list[str] = []
    for path in _tracked():
        if path.is_file() and path.suffix in {".py", ".md", ".toml", ".js", ".html", ".sh", ".yml", ".css", ".service", ""}:
            found += [name(path)] if outside.search(path.read_bytes()) else []
    assert not found


def test_the_layers_hold() -> None:
    done = subprocess.run([str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=ROOT, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert re.search(r"Contracts: [3-9]\d* kept, 0 broken", done.stdout)


_IMPORT_ALL = """
import importlib, os, sys, threading
before, files = threading.active_count(), []
real = open
def watch(event, args):
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+") and not str(args[0]).startswith("/dev/"):
        files.append(str(args[0]))
    if event in ("socket.connect", "socket.bind", "subprocess.Popen", "os.mkdir", "shutil.rmtree", "os.system"):
        files.append(f"{event} {args[:2]}")
sys.addaudithook(watch)
for module in sys.argv[1].split():
    importlib.import_module(module)
engines = {m.split(".")[0] for m in sys.modules} & {"panda3d", "av", "direct"}
print(threading.active_count() - before, sorted(set(files)), sorted(engines))
"""


def _imported(modules: list[str]) -> str:
    done = subprocess.run([sys.executable, "-B", "-c", _IMPORT_ALL, " ".join(modules)], cwd=ROOT, capture_output=True,
                          text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip().splitlines()[-1]


def _module(path: Path) -> str:
    return name(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def test_the_host_holds_neither_engine_nor_codec() -> None:
    """Everything of the host, imported whole; no thread, no file written, no process on the way."""
    host = [_module(p) for p in SOURCES if p.parts[len(ROOT.parts)] == "showroom"]
    assert _imported(host) == "0 [] []"


def test_imports_have_no_effects() -> None:
    """Every module there is, those that know the engine included."""
    started, written, _ = re.fullmatch(r"(\d+) (\[.*\]) (\[.*\])", _imported([_module(p) for p in SOURCES])).groups()
    assert (started, written) == ("0", "[]")


def test_the_architecture_page_names_every_seam() -> None:
    path = ROOT / "docs/ARCHITECTURE.md"
    if not path.exists():
        pytest.skip("docs/ARCHITECTURE.md is not written yet")
    text = path.read_text(encoding="utf-8").lower()
    for word in ("200", "10 s", "64 k", "512 k", "60 s", "invariant", "mediatime", "slate"):
        assert word in text, f"docs/ARCHITECTURE.md does not speak of {word!r}"
    assert not [p for p in PACKAGES if p not in text]


@pytest.mark.parametrize("other", ["README.zh-CN.md"])
def test_the_readme_in_other_languages_keeps_up(other: str) -> None:
    pages = [ROOT / "README.md", ROOT / other]
    for page in pages:
        if not page.exists():
            pytest.skip(f"{page.name} is not written yet")
    headings, codes, pictures = ([len(re.findall(rule, p.read_text(encoding="utf-8"), re.M)) for p in pages]
                                 for rule in (r"^#+ ", r"^```", r"!\["))
    assert headings[0] == headings[1] and codes[0] == codes[1] and pictures[0] == pictures[1]


def test_the_docs_point_at_files_that_exist() -> None:
    pages = [p for p in _tracked() if p.suffix == ".md" and p.is_file()]
    missing = [f"{name(page)}: {target}" for page in pages
               for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
               if not (page.parent / target).exists()]
    assert not missing
