"""A diagram of the stages of a fitted network."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from skecg._class_colors import CLASS_COLORS
from skecg.plotting._style import OTHER_COLOR, ink

__all__ = ["ArchitectureDisplay", "Stage"]


@dataclass(frozen=True)
class Stage:
    """One box of the diagram.

    Parameters
    ----------
    name : str
        The name of the stage in the network.
    layers : tuple of str
        A description of each layer.
    shape : tuple of int
        The shape of the output for one beat.
    """

    name: str
    layers: tuple[str, ...]
    shape: tuple[int, ...]


class ArchitectureDisplay:
    """Diagram of the stages and skip connections of a network, from left to right.

    Create it with :meth:`from_estimator`.

    Parameters
    ----------
    stages : sequence of Stage
        The boxes, the input first.
    skips : sequence of (int, int, str)
        For each skip connection, the positions of the stages after which it starts and
        ends, and a description of its layers.
    n_parameters : int
        The number of trainable parameters of the network.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        The figure of the axes.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from skecg import CNN1DClassifier
    >>> from skecg.datasets import make_beats
    >>> from skecg.plotting import ArchitectureDisplay
    >>> X, y = make_beats(500, weights=[1, 0, 1, 0, 1], return_X_y=True)
    >>> clf = CNN1DClassifier(n_filters=(4, 8, 8), max_epochs=1).fit(X, y)
    >>> display = ArchitectureDisplay.from_estimator(clf)
    >>> [stage.shape for stage in display.stages]
    [(1, 187), (4, 93), (8, 46), (8, 23), (3,)]
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        stages: Sequence[Stage],
        skips: Sequence[tuple[int, int, str]],
        *,
        n_parameters: int,
    ) -> None:
        self.stages = list(stages)
        self.skips = list(skips)
        self.n_parameters = n_parameters

    @classmethod
    def from_estimator(cls, estimator: Any, *, ax: Any = None) -> "ArchitectureDisplay":
        """Draw the network of a fitted classifier.

        Parameters
        ----------
        estimator : estimator
            A fitted network classifier of this package, or one inside a pipeline, a
            :class:`~skecg.PriorAdjustedClassifier` or a search.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        ArchitectureDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If `estimator` contains no network of this package.
        sklearn.exceptions.NotFittedError
            If `estimator` is not fitted.
        """
        from skecg.classification.network._find_network import find_network

        _, clf = find_network(estimator)
        module = clf.net_.module_
        stages = _stages(clf)
        # A skip connection of CNN1D spans two blocks; stage 0 is the input.
        skips = [
            (start, start + 2, "".join(_layers(skip)))
            for start, skip in enumerate(getattr(module, "skips", []))
        ]
        return cls(stages, skips, n_parameters=clf.n_parameters_).plot(ax=ax)

    def plot(self, ax: Any = None) -> "ArchitectureDisplay":
        """Draw the stages and the skip connections.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        ArchitectureDisplay
            The display itself.
        """
        import matplotlib.pyplot as plt

        if ax is None:
            width = 1.6 * len(self.stages) + 1
            _, ax = plt.subplots(figsize=(width, 4), layout="constrained")
        for x, stage in enumerate(self.stages):
            _draw_stage(ax, x, stage, is_end=x in (0, len(self.stages) - 1))
            if x:
                _arrow(ax, (x - 0.6, 0), (x - 0.4, 0))
        for row, (start, end, layers) in enumerate(self.skips):
            height = 1.25 + 0.45 * row
            _draw_skip(ax, start, end, height, layers)
        ax.set(
            xlim=(-0.6, len(self.stages) - 0.4),
            ylim=(-1.6, 1.7 + 0.45 * len(self.skips)),
            title=f"{self.n_parameters:,} parameters",
        )
        ax.axis("off")
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _stages(clf: Any) -> list[Stage]:
    """Pass a beat of zeros through the network and record the output of each stage."""
    import torch

    from skecg._torch_defaults import torch_defaults

    net = clf.net_
    # Copy the module, because hooks on the original would run in other threads too.
    module = deepcopy(net.module_).eval()
    stages: list[Stage] = []

    def note(name: str) -> Any:
        def hook(part: Any, _: Any, output: Any) -> None:
            # A recurrent layer returns a tuple of its output and its state.
            output = output[0] if isinstance(output, tuple) else output
            # Leave out the height of the two-dimensional convolutions, always 1.
            shape = tuple(n for k, n in enumerate(output.shape[1:]) if k != 1 or n != 1)
            stages.append(Stage(name, tuple(_layers(part)), shape))

        return hook

    for name, part in _named_parts(module):
        part.register_forward_hook(note(name))
    with torch_defaults(), torch.inference_mode():
        beat = torch.zeros(1, clf.n_features_in_, device=net.device)
        module(*net.module_inputs(beat))
    net = clf.net_
    n_values = clf.n_features_in_ - net.n_aux_features
    shape = (net.n_channels, n_values // net.n_channels)
    return [Stage("input", (), shape), *stages]


def _named_parts(module: Any) -> list[tuple[str, Any]]:
    """Return the named parts of a network, with lists flattened and without skips."""
    import torch

    parts = []
    for name, child in module.named_children():
        if name == "skips":
            continue
        if isinstance(child, torch.nn.ModuleList):
            parts += [(f"{name[:-1]} {k}", part) for k, part in enumerate(child, 1)]
        else:
            parts.append((name, child))
    return parts


def _layers(part: Any) -> list[str]:
    """Describe each layer in a few words."""
    words = []
    for layer in part.modules():
        if next(layer.children(), None) is not None:
            continue
        kind = type(layer).__name__.strip("_").removesuffix("2d").removesuffix("1d")
        size = getattr(layer, "kernel_size", None)
        if size is not None:
            kind += f" {size[-1] if isinstance(size, tuple) else size}"
        if kind == "Dropout":
            kind += f" {layer.p:g}"
        if kind == "Linear":
            kind += f" {layer.out_features}"
        words.append(kind)
    return words


def _draw_stage(ax: Any, x: int, stage: Stage, is_end: bool) -> None:
    from matplotlib.patches import FancyBboxPatch

    color = CLASS_COLORS["Q"] if is_end else OTHER_COLOR
    ax.add_patch(
        FancyBboxPatch(
            (x - 0.36, -0.95),
            0.72,
            1.9,
            boxstyle="round,pad=0.03",
            facecolor=color,
            edgecolor=color,
            alpha=0.25,
        )
    )
    ax.text(x, 0.78, stage.name, ha="center", va="center", weight="bold", size=11)
    layers = "\n".join(stage.layers)
    ax.text(x, -0.05, layers, ha="center", va="center", fontsize=9.5)
    shape = " x ".join(str(n) for n in stage.shape)
    ax.text(x, -1.25, shape, ha="center", va="center", fontsize=10)


def _draw_skip(ax: Any, start: int, end: int, height: float, layers: str) -> None:
    color = CLASS_COLORS["V"]
    # Start after the first stage and end at the output of the last one.
    left, right = start + 0.46, end + 0.46
    ax.plot([left, left, right], [0, height, height], color=color, linewidth=1.5)
    _arrow(ax, (right, height), (right, 0.05), color=color)
    # Left-aligned, because the line of the next skip connection crosses the middle.
    ax.text(left + 0.1, height + 0.08, layers, fontsize=9.5)


def _arrow(
    ax: Any,
    start: tuple[float, float],
    end: tuple[float, float],
    color: str | None = None,
) -> None:
    arrow = {"arrowstyle": "-|>", "color": color or ink(), "linewidth": 1.5}
    ax.annotate("", xy=end, xytext=start, arrowprops=arrow)
