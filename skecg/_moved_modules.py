"""Old names of modules, which stored models still contain.

A pickle stores the module and the name of each class. The modules below were renamed.
An import of an old name returns the public contents of the new module, so that models
stored before still load.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["register_moved_modules"]

_NETWORK = "skecg.classification.network"
_MOVED = {
    "skecg.classification._cnn1d": f"{_NETWORK}._cnn1d_classifier",
    "skecg.classification._residual_cnn": f"{_NETWORK}._residual_cnn_classifier",
    "skecg.training": "skecg.augmentation",
    "skecg.training._augmentation": "skecg.augmentation",
}


class _MovedModules(MetaPathFinder, Loader):
    """Find the modules of `_MOVED` under their old names."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname not in _MOVED:
            return None
        is_package = any(name.startswith(f"{fullname}.") for name in _MOVED)
        return ModuleSpec(fullname, self, is_package=is_package)

    def exec_module(self, module: ModuleType) -> None:
        moved = import_module(_MOVED[module.__name__])
        vars(module).update({name: getattr(moved, name) for name in moved.__all__})


def register_moved_modules() -> None:
    """Make the old names importable."""
    if not any(isinstance(finder, _MovedModules) for finder in sys.meta_path):
        sys.meta_path.append(_MovedModules())
