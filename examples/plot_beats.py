"""
What the classes look like
==========================

Beats of the same synthetic subjects in two layouts: the study's, which starts at the R
peak, and a window around it, which holds the P wave of the beat itself.
"""

from skecg.datasets import make_beats
from skecg.plotting import BeatOverlayDisplay

beats = make_beats(2000, random_state=0)
BeatOverlayDisplay.from_beats(beats.data, beats.target, random_state=0)

# %%
# The thick line is the mean, the band holds the middle 80 % of the beats, and the
# thin lines are single beats. In the study's layout the next beat follows where the
# next R peak falls, and zeros fill the rest of the row: so it tells the interval
# *after* the beat, but not the one before it.

beats = make_beats(2000, layout="centered", random_state=0)
BeatOverlayDisplay.from_beats(
    beats.data,
    beats.target,
    layout=beats.layout,
    random_state=0,
)
