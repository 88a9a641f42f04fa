"""Beats as they might have been: a little faster, larger, noisier."""

import math
from dataclasses import dataclass
from numbers import Real

import torch
from torch import Tensor

__all__ = ["BeatAugmentation"]


@dataclass(frozen=True)
class BeatAugmentation:
    """Stretch, scale and disturb each beat of a batch at random.

    A heart beats faster and slower, electrodes sit better and worse: none of that
    changes a beat's class. Made for the ``augment`` parameter of the classifiers,
    where its draws obey ``random_state``.

    Parameters
    ----------
    stretch : float, default=0.05
        Time is stretched or compressed by up to this share, by linear
        interpolation; the last sample is repeated where a beat became too short.
    gain : float, default=0.05
        Amplitudes grow or shrink by up to this share.
    noise : float, default=0.01
        Standard deviation of the largest white noise added, in the beats' unit;
        each beat draws its own share of it.
    center : int, default=0
        The sample that stays where it is, such as the R peak.

    Raises
    ------
    ValueError
        If `stretch` or `gain` is no share from 0 to below 1, or `noise` is negative
        or not finite.

    References
    ----------
    Um TT et al. Data augmentation of wearable sensor data for Parkinson's disease
    monitoring using convolutional neural networks. ICMI 2017. arXiv:1706.00527

    Examples
    --------
    >>> import torch
    >>> from skecg.training import BeatAugmentation
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

    def __call__(self, beats: Tensor) -> Tensor:
        """Return stand-ins for a batch of beats.

        Parameters
        ----------
        beats : Tensor of shape (n_beats, n_channels, n_samples)
            The beats.

        Returns
        -------
        Tensor of shape (n_beats, n_channels, n_samples)
            As many others; the leads of a beat are changed alike.
        """
        n_beats, _, n_samples = beats.shape
        if n_samples > 1 and self.stretch:
            pace = self._around_one(self.stretch, beats)
            places = torch.arange(n_samples, device=beats.device) - self.center
            read = (places * pace + self.center).clamp(0, n_samples - 1)
            before = read.long().clamp(max=n_samples - 2)
            index = before.expand(beats.shape)
            left, right = beats.gather(2, index), beats.gather(2, index + 1)
            beats = torch.lerp(left, right, (read - before).expand(beats.shape))
        beats = beats * self._around_one(self.gain, beats)
        share = torch.rand(n_beats, 1, 1, device=beats.device)
        return beats + self.noise * share * torch.randn_like(beats)

    @staticmethod
    def _around_one(width: float, beats: Tensor) -> Tensor:
        """Draw a factor for each beat."""
        draw = torch.rand(len(beats), 1, 1, device=beats.device)
        return 1 + width * (2 * draw - 1)
