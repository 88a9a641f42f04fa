"""A user's own estimator, compared with the models of skecg."""

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any

from benchmarks.models import MODELS, Model, Shape
from benchmarks.protocols import PROTOCOLS

__all__ = [
    "LAYOUTS",
    "add_own_model",
    "find_factory",
    "parameters_of",
    "protocols_for",
]

LAYOUTS = ("beats", "differences", "features", "causal_features")
"""The layouts for models of a user; see :class:`benchmarks.protocols.Protocol`."""


def add_own_model(spec: str, layout: str) -> str:
    """Add an estimator to the compared models, and return its name.

    Parameters
    ----------
    spec : str
        The factory, as ``"package.module:factory"``, a callable that returns an
        estimator. It may have the parameters `random_state`, `n_channels` and
        `n_aux_features`, and is called with those that it has. Without `random_state`,
        one seed is used unless the protocol draws its folds by the seed.
    layout : str
        The layout of its rows.

    Returns
    -------
    str
        The name of its stored cells.
    """
    factory = find_factory(spec)
    takes = parameters_of(factory)

    def build(seed: int, shape: Shape, quick: bool) -> Any:
        given = {
            "random_state": seed,
            "n_channels": shape.n_channels,
            "n_aux_features": shape.n_aux_features,
        }
        estimator = factory(**{k: v for k, v in given.items() if k in takes})
        lacking = [name for name in ("fit", "predict") if not hasattr(estimator, name)]
        if lacking:
            raise SystemExit(
                f"--model {spec} must return an estimator with fit and predict, got "
                f"{type(estimator).__name__} without {' and '.join(lacking)}."
            )
        return estimator

    # Windows does not allow colons in file names.
    name = spec.replace(":", ".")
    if layout != "beats":
        name += f"-{layout}"
    MODELS[name] = Model(
        f"{spec}, rows of {layout}",
        build,
        (name,),
        layout=layout,
        draws="random_state" in takes,
    )
    return name


def protocols_for(layout: str) -> list[str]:
    """Return the protocols that support a layout.

    Parameters
    ----------
    layout : str
        The layout.

    Returns
    -------
    list of str
        The names of the protocols.
    """
    return [
        name
        for name, protocol in PROTOCOLS.items()
        if any(MODELS[model].layout == layout for model in protocol.models)
    ]


def find_factory(spec: str) -> Callable[..., Any]:
    """Return the factory at ``"package.module:factory"``, or exit with a message."""
    module_name, colon, name = spec.partition(":")
    if not (module_name and colon and name.isidentifier()):
        raise SystemExit(
            f"--model must be package.module:factory, got {spec!r}; the factory is a "
            "function of the module that returns an estimator."
        )
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        raise SystemExit(
            f"--model {spec} cannot be imported ({error}); install its package into "
            "this environment, or run from the folder that holds it."
        ) from error
    factory = getattr(module, name, None)
    if not callable(factory):
        raise SystemExit(
            f"--model {spec}: {module_name} has no function {name!r}; name one that "
            "returns an estimator."
        )
    return factory


def parameters_of(factory: Callable[..., Any]) -> set[str]:
    """Return the names of the parameters that can be passed by name."""
    parameters = inspect.signature(factory).parameters.values()
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {parameter.name for parameter in parameters if parameter.kind in named}
