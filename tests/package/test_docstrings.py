"""Every public object has a docstring that numpydoc finds no fault with."""

import inspect
import pkgutil
import pydoc
import re
import tomllib
from functools import cached_property
from importlib import import_module
from pathlib import Path

import pytest

import skecg

validate = pytest.importorskip("numpydoc.validate").validate

ROOT = Path(__file__).parents[2]
# Besides "all", numpydoc's setting names what is not checked.
UNCHECKED = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"][
    "numpydoc_validation"
]["checks"]
ROOMS = sorted(
    module.name
    for module in pkgutil.iter_modules(skecg.__path__)
    if not module.name.startswith("_")
)


def is_ours(thing):
    return getattr(thing, "__module__", "").startswith("skecg")


def members(cls):
    """Name what a class or its bases in skecg define; what others do is theirs."""
    names = {
        name: value
        for base in reversed(cls.__mro__)
        if is_ours(base)
        for name, value in vars(base).items()
        if not name.startswith("_")
    }
    kinds = (property, cached_property, classmethod, staticmethod)
    for name, value in names.items():
        # available_if wraps a method in a descriptor of scikit-learn's own.
        is_method = inspect.isfunction(value) or hasattr(value, "check")
        if is_method or isinstance(value, kinds):
            yield name


def public_objects():
    for room in ROOMS:
        module = import_module(f"skecg.{room}")
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isfunction(thing) or inspect.isclass(thing):
                path = f"skecg.{room}.{name}"
                yield path
                if inspect.isclass(thing):
                    yield from (f"{path}.{member}" for member in members(thing))


@pytest.mark.parametrize("path", public_objects())
def test_docstring_is_valid(path):
    errors = validate(path)["errors"]
    assert [error for error in errors if error[0] not in UNCHECKED] == []


def is_exception(thing):
    return inspect.isclass(thing) and issubclass(thing, Exception)


@pytest.mark.parametrize("path", public_objects())
def test_signature_can_be_read(path):
    """Types evaluated, numpy's array-like alone fills half a screen of ``help``."""
    thing = pydoc.locate(path)
    # Exceptions have the signature of Python's own, which is none.
    if callable(thing) and not is_exception(thing):
        assert "numpy._typing" not in str(inspect.signature(thing))


def test_the_reference_has_every_public_name():
    page = (ROOT / "docs/reference.rst").read_text()
    for room in ROOMS:
        if not import_module(f"skecg.{room}").__all__:
            continue
        section = page.split(f"\nskecg.{room}\n")[1].split("\n---")[0]
        words = set(re.findall(r"\w+", section))
        assert set(import_module(f"skecg.{room}").__all__) - words == set()


@pytest.mark.parametrize("room", ["", *ROOMS])
def test_public_names_are_there_and_rooms_are_described(room):
    module = import_module(f"skecg.{room}".rstrip("."))
    assert module.__doc__
    assert all(hasattr(module, name) for name in module.__all__)


def test_dir_shows_public_names_alone():
    assert sorted(dir(skecg)) == sorted([*skecg.__all__, "__version__"])
