"""Random augmentation of training beats."""

import math
from dataclasses import dataclass
from numbers import Integral, Real

import torch
from torch import Tensor

from skecg.signal import Layout, get_layout

__all__ = ["BeatAugmentation"]


@dataclass(frozen=True, kw_only=True)
class BeatAugmentation:
    """Stretch and scale each beat of a batch at random, and add noise.

    Heart rate and electrode contact change the shape of a beat, but not its class. Pass
    an instance as ``augment`` to a network classifier. The classifier's
    ``random_state`` seeds the draws.

    Parameters
    ----------
    stretch : float, default=0.05
        The largest share by which time is stretched or compressed, by linear
        interpolation. If a beat becomes too short, its last sample is repeated.
    gain : float, default=0.05
        The largest share by which amplitudes increase or decrease.
    noise : float, default=0.01
        The largest standard deviation of the added white noise, in the unit of the
        beats. The standard deviation of each beat is drawn between 0 and this value.
    center : int, default=0
        The sample that is not moved, such as the R peak.
    layout : str, Layout or None, default=None
        The layout of the beats, or its name. Its R peak is not moved. Pass this or
        `center`.

    Raises
    ------
    ValueError
        If `stretch` or `gain` is not a share from 0 to below 1, `noise` is negative
        or not finite, both `center` and `layout` are given, or `layout` is unknown.

    References
    ----------
    Um TT et al. Data augmentation of wearable sensor data for Parkinson's disease
    monitoring using convolutional neural networks. ICMI 2017. arXiv:1706.00527

    Examples
    --------
    >>> import torch
    >>> from skecg.augmentation import BeatAugmentation
    >>> _ = torch.manual_seed(0)
    >>> beats = torch.linspace(0, 1, 187).expand(4, 1, 187)
    >>> augmented = BeatAugmentation()(beats)
    >>> augmented.shape
    torch.Size([4, 1, 187])
    >>> 0 < (augmented - beats).abs().max() < 0.2
    tensor(True)
    """

    stretch: float = 0.05
    gain: float = 0.05
    noise: float = 0.01
    center: int = 0
    layout: str | Layout | None = None

    def __post_init__(self) -> None:
        for name in ("stretch", "gain"):
            share = getattr(self, name)
            if not (isinstance(share, Real) and 0 <= float(share) < 1):
                raise ValueError(
                    f"{name} must be a share from 0 to below 1; got {share!r}."
                )
        if not isinstance(self.noise, Real) or not 0 <= self.noise < math.inf:
            raise ValueError(
                "noise must be a finite standard deviation of at least 0; got "
                f"{self.noise!r}."
            )
        is_sample = isinstance(self.center, Integral) and self.center >= 0
        if not is_sample or (self.center and self.layout is not None):
            raise ValueError(
                "center must be the number of a sample, and 0 if layout is given, got "
                f"{self.center!r}; the layout determines the R peak."
            )
        if self.layout is not None and not get_layout(self.layout).n_samples:
            raise ValueError(
                f"layout must have samples, but {get_layout(self.layout)!r} has only "
                "features; choose another."
            )

    def __call__(self, beats: Tensor) -> Tensor:
        """Return augmented beats.

        Parameters
        ----------
        beats : Tensor of shape (n_beats, n_channels, n_samples)
            The beats.

        Returns
        -------
        Tensor of shape (n_beats, n_channels, n_samples)
            The augmented beats, of the dtype of `beats`. All leads of a beat are
            changed in the same way.

        Raises
        ------
        ValueError
            If the number of samples is not that of `layout`.
        """
        n_samples = beats.shape[2]
        center = self.center
        if self.layout is not None:
            layout = get_layout(self.layout)
            center = layout.n_before
            if n_samples != layout.n_samples:
                raise ValueError(
                    f"beats must have the {layout.n_samples} samples of {layout!r}, "
                    f"got {n_samples}; pass the layout of the beats."
                )
        if n_samples > 1 and self.stretch:
            pace = self._around_one(self.stretch, beats)
            places = torch.arange(n_samples, device=beats.device) - center
            read = (places * pace + center).clamp(0, n_samples - 1)
            before = read.long().clamp(max=n_samples - 2)
            index = before.expand(beats.shape)
            left, right = beats.gather(2, index), beats.gather(2, index + 1)
            weight = (read - before).to(beats.dtype).expand(beats.shape)
            beats = torch.lerp(left, right, weight)
        beats = beats * self._around_one(self.gain, beats).to(beats.dtype)
        share = _uniform(beats).to(beats.dtype)
        return beats + self.noise * share * torch.randn_like(beats)

    @staticmethod
    def _around_one(width: float, beats: Tensor) -> Tensor:
        """Draw a factor from 1 - width to 1 + width for each beat."""
        return 1 + width * (2 * _uniform(beats) - 1)


def _uniform(beats: Tensor) -> Tensor:
    """Draw a float32 number from 0 to 1 for each beat."""
    return torch.rand(len(beats), 1, 1, dtype=torch.float32, device=beats.device)
