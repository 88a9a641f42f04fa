"""The compared annotators, and the names of their results."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.own_model import find_factory, parameters_of
from skecg import BeatAnnotator
from skecg.presets import PRESETS
from skecg.signal import get_layout

__all__ = [
    "CONTESTANTS",
    "PRESET",
    "PROTOCOL",
    "Contestant",
    "add_own_annotator",
    "titles",
]

PROTOCOL = "databases"
"""The name of the protocol on the command line."""

PRESET = "new_patients"
"""The contestant with which the others are compared."""

_ONE_LEAD = "-one-lead"


@dataclass(frozen=True)
class Contestant:
    """An annotator that is fitted once per fold.

    Attributes
    ----------
    title : str
        The name in the tables.
    build : callable
        Takes a seed and `quick`, and returns an annotator.
    one_lead : bool
        Whether the fitted annotator is also evaluated on the first lead alone.
    kept : bool
        Whether fitted annotators are stored for other protocols.
    """

    title: str
    build: Callable[[int, bool], BeatAnnotator]
    one_lead: bool = False
    kept: bool = False

    def variants(self, name: str) -> tuple[str, ...]:
        """Return the names of the results; that of the first lead is last."""
        return (name, f"{name}{_ONE_LEAD}") if self.one_lead else (name,)


def _boosters(layout: str) -> Callable[[int, bool], BeatAnnotator]:
    """Return a builder of an annotator with a deterministic fit."""
    return lambda seed, quick: BeatAnnotator(layout=layout)


def _network(preset: str) -> Callable[[int, bool], BeatAnnotator]:
    """Return a builder of an annotator with the network of a preset."""

    def build(seed: int, quick: bool) -> BeatAnnotator:
        classifier = PRESETS[preset].make().set_params(clf__random_state=seed)
        if quick:
            classifier.set_params(clf__max_epochs=1)
        return BeatAnnotator(classifier, layout=PRESETS[preset].layout)

    return build


CONTESTANTS = {
    "new_patients": Contestant(
        "preset new_patients: boosters over features", _boosters("features")
    ),
    "new_patients_network": Contestant(
        "preset new_patients_network",
        _network("new_patients_network"),
        one_lead=True,
        kept=True,
    ),
    "new_patients_network_causal": Contestant(
        "preset new_patients_network_causal", _network("new_patients_network_causal")
    ),
}
"""Mapping from the name on the command line to the contestant."""


def add_own_annotator(spec: str) -> str:
    """Add an annotator to the contestants, and return its name.

    Parameters
    ----------
    spec : str
        The factory, as ``"package.module:factory"``. It returns a BeatAnnotator, and is
        called with `random_state` if it has that parameter.

    Returns
    -------
    str
        The name of its stored cells.
    """
    factory = find_factory(spec)
    takes_seed = "random_state" in parameters_of(factory)

    def build(seed: int, quick: bool) -> BeatAnnotator:
        annotator = factory(random_state=seed) if takes_seed else factory()
        if not isinstance(annotator, BeatAnnotator):
            raise SystemExit(
                f"--model {spec} must return a BeatAnnotator for --protocol "
                f"{PROTOCOL}, got {type(annotator).__name__}; put the classifier and "
                "its layout into one."
            )
        return annotator

    example = build(0, False)
    layout = get_layout(example.layout)
    name = spec.replace(":", ".")  # A colon is invalid in file names on Windows.
    CONTESTANTS[name] = Contestant(
        spec,
        build,
        one_lead=example.leads is None
        and (layout.n_leads is None or layout.takes_fewer_leads),
    )
    return name


def titles() -> dict[str, str]:
    """Return the titles of all results, including those of added contestants."""
    return {
        variant: contestant.title + (", first lead alone" if k else "")
        for name, contestant in CONTESTANTS.items()
        for k, variant in enumerate(contestant.variants(name))
    }
