"""Shared text is inserted into docstrings at its markers."""

import inspect
import subprocess
import sys

import pytest

from skecg._docstrings import insert_docs

FEW = """
    x : float
        A length in mm.

    y : float
        Another.
    """


def test_a_function_and_a_class_keep_their_indentation():
    @insert_docs(few=FEW)
    def function(x, y):
        """Return the area.

        Parameters
        ----------
        %(few)s
        z : int
            A number of %.
        """

    @insert_docs(few=FEW)
    class Class:
        """Return the area.

        Parameters
        ----------
        %(few)s
        z : int
            A number of %.
        """

    expected = (
        "Return the area.\n\nParameters\n----------\nx : float\n    A length in mm.\n\n"
        "y : float\n    Another.\nz : int\n    A number of %."
    )
    assert inspect.getdoc(function) == inspect.getdoc(Class) == expected
    assert " \n" not in function.__doc__.rstrip(" ")


@pytest.mark.parametrize("sections", [{}, {"other": ""}, {"few": "", "other": ""}])
def test_a_wrong_name_is_an_error(sections):
    def function():
        """Do it.

        %(few)s
        """

    with pytest.raises(ValueError, match=r"function must have .* \['few'\]"):
        insert_docs(**sections)(function)


def test_text_may_start_on_the_first_line():
    @insert_docs(few="x : float\n    A length in mm.\n")
    def function():
        """Do it.

        %(few)s
        """

    expected = "Do it.\n\nx : float\n    A length in mm."
    assert inspect.getdoc(function) == expected


def test_nothing_happens_without_a_docstring():
    def function():
        pass

    assert insert_docs(few=FEW)(function).__doc__ is None
    code = (
        "from skecg._docstrings import insert_docs\n"
        "@insert_docs(x='a')\n"
        "def f():\n"
        "    '''%(x)s'''\n"
        "print(f.__doc__)"
    )
    command = [sys.executable, "-OO", "-c", code]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "None"
