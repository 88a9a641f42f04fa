"""A fitted annotator, and a recording that it annotated."""

import pytest
from annotated import fitted_annotator, mixed_recording


@pytest.fixture(scope="session")
def annotator():
    return fitted_annotator()


@pytest.fixture(scope="session")
def annotated(annotator):
    recording, _ = mixed_recording(pattern="NNNNVNNANN", seed=7)
    return annotator.annotate(recording)
