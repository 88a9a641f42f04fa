"""Private names of scikit-learn and imbalanced-learn come from one file."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "skecg"
FILES = sorted(PACKAGE.rglob("*.py"))


def private_imports(source):
    """Return the private names and modules that a file imports, in functions too."""
    paths = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and not node.level:
            paths += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            paths += [alias.name for alias in node.names]
    parts = [path.split(".") for path in paths]
    return [
        ".".join(names)
        for names in parts
        if names[0] in ("sklearn", "imblearn")
        and any(name.startswith("_") for name in names)
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_only_one_file_imports_private_names(file):
    found = private_imports(file.read_text())
    assert bool(found) == (file == PACKAGE / "_sklearn.py"), found


def test_all_forms_of_import_are_seen():
    source = (
        "from sklearn.base import (\n    BaseEstimator,\n    _fit_context,\n)\n"
        "def f():\n    import imblearn.utils._validation as v\n"
        "from sklearn import _config\nfrom skecg._sklearn import Interval\n"
    )
    assert sorted(private_imports(source)) == [
        "imblearn.utils._validation",
        "sklearn._config",
        "sklearn.base._fit_context",
    ]
