"""A fitted annotator."""

import pytest
from annotated import fitted_annotator


@pytest.fixture(scope="session")
def annotator():
    return fitted_annotator()
