"""Finds modules, so that nobody has to list them and none can be forgotten."""

from collections.abc import Callable
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType


def modules_below(
    package: ModuleType, wanted: Callable[[str], bool] = lambda name: True
) -> list[ModuleType]:
    """Import the modules below a package whose full names are wanted, in the order of names."""
    names = (found.name for found in walk_packages(package.__path__, f"{package.__name__}."))
    return [import_module(name) for name in names if wanted(name)]
