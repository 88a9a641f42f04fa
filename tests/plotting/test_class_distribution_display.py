"""ClassDistributionDisplay: bars, labels and colours, read back from the axes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from skecg.plotting import ClassDistributionDisplay


def test_bars_show_counts_in_the_colours_of_the_classes():
    display = ClassDistributionDisplay.from_targets([0, 0, 2, 0])
    assert [bar.get_height() for bar in display.bars_] == [3, 1]
    assert display.display_labels == ["N", "V"]
    other = ClassDistributionDisplay.from_targets(["V", "V"])
    ours = to_hex(display.bars_[1].get_facecolor())
    assert to_hex(other.bars_[0].get_facecolor()) == ours
    in_full = ClassDistributionDisplay.from_targets(
        [0, 2], display_labels=["Normal", "Ventricular ectopic"]
    )
    assert to_hex(in_full.bars_[1].get_facecolor()) == ours
    texts = [text.get_text() for text in display.ax_.texts]
    assert texts == ["3\n75.0%", "1\n25.0%"]


def test_takes_display_labels_and_axes():
    _, ax = plt.subplots()
    display = ClassDistributionDisplay.from_targets(
        [0, 1], display_labels=["normal", "abnormal"], ax=ax
    )
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    with pytest.raises(ValueError, match="must name the 2 classes of y, got 1 names"):
        ClassDistributionDisplay.from_targets([0, 1], display_labels=["normal"])
    with pytest.raises(ValueError, match=r"must be different names, got \['a', 'a'\]"):
        ClassDistributionDisplay.from_targets([0, 1], display_labels=["a", "a"])


def test_two_distributions_share_an_axis():
    _, (above, below) = plt.subplots(2, sharex=True)
    ClassDistributionDisplay.from_targets([0, 1, 2, 2], ax=above)
    ClassDistributionDisplay.from_targets([0, 2], ax=below)
    numbered = ClassDistributionDisplay(np.array([2, 1]), display_labels=[0, 7]).plot()
    names = [text.get_text() for text in numbered.ax_.get_xticklabels()]
    assert names == ["0", "7"]
    assert [text.get_text() for text in below.get_xticklabels()] == ["N", "S", "V"]


def test_binary_codes_are_not_labelled_n_and_s():
    display = ClassDistributionDisplay.from_targets([0, 1, 1])
    assert display.display_labels == ["0", "1"]
    colors = {to_hex(bar.get_facecolor()) for bar in display.bars_}
    assert len(colors) == 2
    assert ClassDistributionDisplay.from_targets([0, 1, 2]).display_labels == [*"NSV"]
