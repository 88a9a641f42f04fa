"""How a beat's shape differs from the recording's own usual beat."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, sosfiltfilt

from skecg.signal._windows import correlation, neighbours, root_mean_square

__all__ = [
    "LEAD_SHAPE_NAMES",
    "SHAPE_FS",
    "SHAPE_NAMES",
    "Shapes",
    "beat_shapes",
    "family_means",
    "lead_shape_features",
]

SHAPE_FS = 120
"""The rate, in hertz, at which shapes are compared."""

LEAD_SHAPE_NAMES = (
    "qrs_correlation",
    "qrs_difference",
    "qrs_size",
    "qrs_slope",
    "qrs_highest",
    "qrs_lowest",
    "qrs_duration",
    "qrs_duration_excess",
    "qrs_breadth",
    "qrs_breadth_excess",
    "t_correlation",
    "t_difference",
)
"""The columns of each lead, in order."""

SHAPE_NAMES = ("qrs_correlation_mean", "qrs_correlation_min")
"""The columns over all leads, in order."""

_BAND = (0.5, 40.0)  # hertz: drift and muscle out, P, QRS and T in
_BEFORE, _AFTER = 54, 72  # samples: 0.45 s and 0.6 s
_QRS = slice(_BEFORE - 12, _BEFORE + 18)  # 100 ms before the R peak to 150 ms after
_WIDE_QRS = slice(_BEFORE - 18, _BEFORE + 24)  # 150 ms before to 200 ms after
_T = slice(_BEFORE + 18, _BEFORE + 54)  # 150 ms to 450 ms after
_MAX_SHIFT = 6  # 50 ms; an annotation may stand anywhere in a wide QRS
_TYPICAL = 0.9  # correlation from which a beat has the usual shape
_ALIKE = 0.9  # and from which two beats are of one family
_EARLY = 0.9  # of the local median: earlier beats do not make the template
_TINY = 1e-9
_CHUNK = 1000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Shapes:
    """Beats aligned on the recording's usual one.

    Attributes
    ----------
    windows : ndarray of shape (n_leads, n_beats, 126)
        The beats.
    template : ndarray of shape (n_leads, 1, 126)
        The usual beat.
    correlations : ndarray of shape (n_leads, n_beats)
        How alike the QRS complexes of the two are.
    is_typical : ndarray of bool of shape (n_beats,)
        Whether a beat has the usual shape.
    """

    windows: Floats
    template: Floats
    correlations: Floats
    is_typical: npt.NDArray[np.bool_]


def beat_shapes(
    leads: Floats, positions: npt.NDArray[np.int64], pre_rr: Floats
) -> Shapes:
    """Filter a recording at 120 Hz, cut its beats and find the usual one.

    The usual beat is the median of those that look like the median of all and do
    not come early.
    """
    sections = butter(2, _BAND, "bandpass", fs=SHAPE_FS, output="sos")
    # Short signals get what padding they can.
    padding = min(len(leads) - 1, 3 * (2 * len(sections) + 1))
    filtered = sosfiltfilt(sections, leads, axis=0, padlen=padding)

    def cut(where: npt.NDArray[np.int64]) -> Floats:
        samples = where[:, None] + np.arange(-_BEFORE, _AFTER)
        return filtered[np.clip(samples, 0, len(filtered) - 1)].transpose(2, 0, 1)

    template = np.median(cut(positions), axis=1, keepdims=True)
    shifts = np.arange(-_MAX_SHIFT, _MAX_SHIFT + 1)
    alike = [
        correlation(cut(positions + s)[..., _QRS], template[..., _QRS]).mean(axis=0)
        for s in shifts
    ]
    windows = cut(positions + shifts[np.argmax(alike, axis=0)])
    best = np.max(alike, axis=0)
    local = np.nanmedian(neighbours(pre_rr, 5), axis=1)
    is_usual = (best >= max(np.median(best) - 0.1, 0)) & (pre_rr >= _EARLY * local)
    if is_usual.sum() >= 10:
        template = np.median(windows[:, is_usual], axis=1, keepdims=True)
    correlations = correlation(windows[..., _QRS], template[..., _QRS])
    mean = correlations.mean(axis=0)
    is_typical = mean > _TYPICAL
    if is_typical.mean() < 0.3:
        is_typical = mean >= np.median(mean)
    return Shapes(windows, template, correlations, is_typical)


def lead_shape_features(shapes: Shapes) -> Floats:
    """Return the columns of ``LEAD_SHAPE_NAMES`` for each lead.

    Returns
    -------
    ndarray of shape (n_leads, n_beats, 12)
        Differences are root mean squares in units of the template's QRS, sizes and
        slopes logarithms of ratios to the template's, highest and lowest samples
        fractions of its peak, durations seconds: the duration holds nine tenths of
        the slope's energy, the breadth is the time above three tenths of the peak,
        and their excess is over the recording's median.
    """
    windows, template = shapes.windows, shapes.template
    qrs, wide, usual = windows[..., _QRS], windows[..., _WIDE_QRS], template[..., _QRS]
    difference = windows - template
    usual_size = np.maximum(root_mean_square(usual), _TINY)
    usual_peak = np.maximum(np.abs(usual).max(axis=-1), _TINY)
    usual_slope = np.maximum(np.abs(np.diff(usual)).max(axis=-1), _TINY)
    slopes = np.diff(wide)
    energy = np.cumsum(slopes**2, axis=-1)
    share = energy / np.maximum(energy[..., -1:], _TINY)
    duration = ((share > 0.05) & (share < 0.95)).sum(axis=-1) / SHAPE_FS
    height = np.abs(wide)
    is_high = height > 0.3 * height.max(axis=-1, keepdims=True)
    breadth = is_high.sum(axis=-1) / SHAPE_FS
    columns = [
        shapes.correlations,
        root_mean_square(difference[..., _QRS]) / usual_size,
        np.log(np.maximum(root_mean_square(qrs) / usual_size, _TINY)),
        np.log(np.maximum(np.abs(slopes).max(axis=-1) / usual_slope, _TINY)),
        qrs.max(axis=-1) / usual_peak,
        qrs.min(axis=-1) / usual_peak,
        duration,
        duration - np.median(duration, axis=-1, keepdims=True),
        breadth,
        breadth - np.median(breadth, axis=-1, keepdims=True),
        correlation(windows[..., _T], template[..., _T]),
        np.sqrt((difference[..., _T] ** 2).mean(axis=-1)) / usual_size,
    ]
    return np.stack(columns, axis=-1)


def family_means(shapes: Shapes, values: Floats) -> tuple[Floats, Floats]:
    """Return for each beat how common its QRS is, and what beats like it have.

    Parameters
    ----------
    shapes : Shapes
        The beats.
    values : ndarray of shape (n_beats, n_values)
        Something about each beat.

    Returns
    -------
    share : ndarray of shape (n_beats,)
        The share of the recording's beats whose QRS correlates above 0.9 with the
        beat's, itself included.
    means : ndarray of shape (n_beats, n_values)
        The means of `values` over these beats.
    """
    qrs = shapes.windows[..., _QRS]
    qrs = qrs - qrs.mean(axis=-1, keepdims=True)
    qrs = qrs / np.maximum(np.linalg.norm(qrs, axis=-1, keepdims=True), _TINY)
    units = np.concatenate(list(qrs), axis=1).astype(np.float32) / np.sqrt(len(qrs))
    n_beats = len(units)
    share, means = np.empty(n_beats), np.empty(values.shape)
    for start in range(0, n_beats, _CHUNK):
        rows = slice(start, start + _CHUNK)
        alike = (units[rows] @ units.T > _ALIKE).astype(np.float64)
        np.fill_diagonal(alike[:, start:], 1.0)  # a flat beat is like itself
        counts = alike.sum(axis=1)
        share[rows] = counts / n_beats
        means[rows] = alike @ values / counts[:, None]
    return share, means
