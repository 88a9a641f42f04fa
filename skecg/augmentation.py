"""Random changes of training beats that keep their class."""

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

    Heart rate and electrode contact change the shape of a beat and not its class. Pass
    it as ``augment`` to a network classifier, whose ``random_state`` determines its
    draws.

    Parameters
    ----------
    stretch : float, default=0.05
        Time is stretched or compressed by up to this share, by linear
        interpolation; the last sample is repeated where a beat became too short.
    gain : float, default=0.05
        Amplitudes grow or shrink by up to this share.
    noise : float, default=0.01
        Largest standard deviation of the white noise added, in the unit of the beats;
        each beat draws its own share of it.
    center : int, default=0
        The sample that stays in its place, such as the R peak.
    layout : str, Layout or None, default=None
        The layout of the beats, or its name, whose R peak stays in its place. Give
        this or `center`.

    Raises
    ------
    ValueError
        If `stretch` or `gain` is not a share from 0 to below 1, `noise` is negative
        or not finite, both `center` and `layout` are given, or there is no such
        layout.

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
                "center must be the number of a sample, and left out where layout is "
                f"given, got {self.center!r}; the layout has its own R peak."
            )
        if self.layout is not None and not get_layout(self.layout).n_samples:
            raise ValueError(
                f"layout must have samples, and {get_layout(self.layout)!r} has "
                "features alone; choose another."
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
            The augmented beats, of the dtype of `beats`; all leads of a beat are
            changed alike.

        Raises
        ------
        ValueError
            If the beats do not have the samples of `layout`.
        """
        n_samples = beats.shape[2]
        center = self.center
        if self.layout is not None:
            layout = get_layout(self.layout)
            center = layout.n_before
            if n_samples != layout.n_samples:
                raise ValueError(
                    f"beats must have the {layout.n_samples} samples of {layout!r}, "
                    f"got {n_samples}; pass the layout that they were cut with."
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
        """Draw a factor for each beat."""
        return 1 + width * (2 * _uniform(beats) - 1)


def _uniform(beats: Tensor) -> Tensor:
    """Draw a number from 0 to 1 for each beat, whatever torch's default dtype is."""
    return torch.rand(len(beats), 1, 1, dtype=torch.float32, device=beats.device)
