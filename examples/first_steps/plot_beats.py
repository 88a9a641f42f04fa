"""
The five classes of beats
=========================

Beats of the same synthetic subjects in two layouts: the study's, which starts at the R
peak, and a window around the R peak, which contains the P wave of the beat.
"""

from skecg.datasets import make_beats
from skecg.plotting import BeatOverlayDisplay

beats = make_beats(2000, random_state=0)
BeatOverlayDisplay.from_beats(beats.data, beats.target, random_state=0)

# %%
# The thick line is the mean, the band contains the middle 80 % of the beats, and the
# thin lines are single beats. In the study's layout, the next beat begins at the next R
# peak and zeros fill the rest of the row. A row therefore contains the interval *after*
# the beat, and not the interval before it.

beats = make_beats(2000, layout="centered", random_state=0)
BeatOverlayDisplay.from_beats(
    beats.data,
    beats.target,
    layout=beats.layout,
    random_state=0,
)
