"""The names that a model file may contain are those of the package's public parts."""

import inspect
from importlib import import_module

import pytest
import torch
from sklearn.base import BaseEstimator

import skecg
from skecg.persistence._trusted import CALLED, CLASSES, FUNCTIONS
from skecg.signal import get_layout, list_layouts

ROOMS = [name for name in skecg.__all__ if inspect.ismodule(getattr(skecg, name))]


def name_of(x):
    return f"{x.__module__}.{x.__qualname__}"


def test_all_estimators_splitters_networks_and_layouts_are_trusted():
    public = [
        getattr(room, name)
        for room in map(skecg.__getattr__, ROOMS)
        for name in getattr(room, "__all__", ())
    ]
    kinds = [x for x in public if inspect.isclass(x)]
    stored = {x for x in kinds if issubclass(x, BaseEstimator) or hasattr(x, "split")}
    assert len(stored) > 8
    assert {name_of(x) for x in stored} <= CLASSES
    layouts = {name_of(type(get_layout(name))) for name in list_layouts()}
    assert layouts <= CLASSES
    # Layers are made by the networks.
    networks = {x for x in kinds if issubclass(x, torch.nn.Module)}
    networks = {x for x in networks if x.__name__ != "Dropout"}
    assert {name_of(x) for x in networks} <= FUNCTIONS


@pytest.mark.parametrize(
    "name", sorted(x for x in CLASSES | FUNCTIONS if x.startswith(("skecg.", "imb")))
)
def test_a_trusted_name_is_there(name):
    module, _, kind = name.rpartition(".")
    assert callable(getattr(import_module(module), kind))


def test_no_name_has_two_uses():
    assert not CLASSES & FUNCTIONS and not CALLED & (CLASSES | FUNCTIONS)
