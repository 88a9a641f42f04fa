"""Messages that name options where the library names arguments."""

import pytest

from skecg.cli._option_names import with_option_names


@pytest.mark.parametrize(
    "text, expected",
    [
        ("fs must be given; such as fs=250.", "--fs must be given; such as --fs 250."),
        ("remove the column and pass fs.", "remove the column and pass --fs."),
        ("got 250; leave fs out, or stop.", "got 250; leave --fs out, or stop."),
        ("pass r_peaks.", "pass --r-peaks."),
        # Words, names of files and arguments without an option stay.
        ("leads of fs.csv and fs must agree.", "leads of fs.csv and fs must agree."),
        ("pass leads=['II'] or layout='x'.", "pass --leads ['II'] or layout='x'."),
        ("signal must be leads; pass fs.csv.", "signal must be leads; pass fs.csv."),
        (
            "method needs sleepecg; pip install it, or pass method='pan_tompkins', "
            "which needs no library.",
            "method needs sleepecg; pip install it.",
        ),
    ],
)
def test_arguments_become_options(text, expected):
    assert with_option_names(text, ("fs", "leads", "r_peaks")) == expected
