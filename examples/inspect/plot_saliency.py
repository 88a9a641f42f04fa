"""
Saliency of a ventricular beat
==============================

Integrated gradients, Grad-CAM and occlusion for one ventricular beat. Each measures in
a different way which samples support the class; trust what they agree on.
"""

import matplotlib.pyplot as plt

from skecg import CNN1DClassifier
from skecg.datasets import make_beats
from skecg.plotting import SaliencyDisplay

beats = make_beats(2000, weights=[4, 1, 2, 1, 2], random_state=0)
clf = CNN1DClassifier(
    layout=beats.layout, n_filters=(16, 32), max_epochs=5, random_state=0
)
clf.fit(beats.data, beats.target)
ventricular = int((beats.target == 2).argmax())
figure, axes = plt.subplots(3, figsize=(6.4, 8), sharex=True, layout="constrained")
for ax, method in zip(
    axes, ["integrated_gradients", "grad_cam", "occlusion"], strict=True
):
    SaliencyDisplay.from_estimator(
        clf, beats.data, index=ventricular, target=2, method=method, ax=ax
    )
    ax.set_title(method)
