"""Children that find no graphics driver: PYTHONPATH of a sitecustomize that takes Panda's choice of pipes away."""

from __future__ import annotations

import os
from pathlib import Path

_HOOK = '''
import importlib.abc, importlib.util, sys

class Nothing:
    @staticmethod
    def get_global_ptr():
        return Nothing
    @staticmethod
    def make_module_pipe(name):
        return None

class Hook(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != "render.engine":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        load = spec.loader.exec_module
        def exec_module(module):
            load(module)
            module.GraphicsPipeSelection = Nothing
        spec.loader.exec_module = exec_module
        return spec

sys.meta_path.insert(0, Hook())
'''


def without_driver(folder: Path) -> dict[str, str]:
    """Environment for a child whose engine finds neither OpenGL nor tinydisplay."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text(_HOOK)
    return {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{Path(__file__).parents[2]}"}
