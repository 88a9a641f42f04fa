"""How Sphinx builds the site: ``sphinx-build -n -W -b html docs docs/_build/html``."""

import re
import socket
from pathlib import Path

import matplotlib as mpl
from docutils import nodes
from sphinx_gallery.sorting import ExplicitOrder

import skecg

ROOT = Path(__file__).parents[1]

project = "skecg"
author = copyright = "The skecg developers"
version = release = skecg.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "auto_examples/**/*.ipynb", "auto_examples/**/*.py"]
templates_path = ["_templates"]
nitpicky = True

# Pages are Markdown; headings of three levels can be linked to.
myst_enable_extensions = ["colon_fence", "deflist", "substitution"]
myst_substitutions = {"version": version}
myst_heading_anchors = 3

# The docstrings name the types; in signatures they would hide the arguments.
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autosummary_generate = True
numpydoc_show_class_members = False

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

sphinx_gallery_conf = {
    "examples_dirs": str(ROOT / "examples"),
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"plot_",
    "ignore_pattern": r"make_recordings\.py$",
    "abort_on_example_error": True,
    "subsection_order": ExplicitOrder(
        [f"../examples/{x}" for x in ("first_steps", "evaluate", "inspect", "scale")]
    ),
    # The API pages list the examples that use each name.
    "backreferences_dir": "generated/backreferences",
    "doc_module": ("skecg",),
    "capture_repr": ("_repr_html_",),
    "download_all_examples": False,
    "within_subsection_order": "FileNameSortKey",
    "show_memory": False,
    "min_reported_time": 1e6,
    "write_computation_times": False,
}
# A fit's progress and matplotlib's windows have no place in a build.
mpl.use("Agg")

intersphinx_mapping = {
    name: (f"https://{host}/", None)
    for name, host in {
        "imblearn": "imbalanced-learn.org/stable",
        "matplotlib": "matplotlib.org/stable",
        "numpy": "numpy.org/doc/stable",
        "pandas": "pandas.pydata.org/docs",
        "python": "docs.python.org/3",
        "scipy": "docs.scipy.org/doc/scipy",
        "skorch": "skorch.readthedocs.io/en/stable",
        "sklearn": "scikit-learn.org/stable",
        "torch": "docs.pytorch.org/docs/stable",
    }.items()
}
intersphinx_timeout = 10


def is_online():
    """Tell whether there is a network, by a host that is always up."""
    try:
        socket.create_connection(("docs.python.org", 443), timeout=5).close()
    except OSError:
        return False
    return True


if not is_online():
    # Nobody can tell whether these are right, so that they are passed over.
    others = "|".join([*intersphinx_mapping, "functools", "wfdb"])
    nitpick_ignore_regex = [(r"py:.*", rf"({others})\..*")]
    intersphinx_mapping = {}

html_theme = "pydata_sphinx_theme"
html_title = "skecg"
html_favicon = "_static/favicon.svg"
html_context = {"default_mode": "auto"}
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["skecg.css"]
html_theme_options = {
    "logo": {
        "text": "skecg",
        "image_light": "_static/favicon.svg",
        "image_dark": "_static/favicon.svg",
        "alt_text": "",
    },
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_sidebars = {"index": [], "getting_started": []}


def skip_members_of_others(app, what, name, member, skip, options):
    """Leave out what a class inherits from another package, where it is documented."""
    function = getattr(member, "fget", None) or getattr(member, "func", member)
    home = getattr(function, "__module__", None) or ""
    is_request = re.fullmatch(r"set_\w+_request", name)
    return True if is_request or not home.startswith("skecg") else None


def keep_intervals_whole(app, doctree):
    """Put non-breaking spaces into the intervals of tables, to keep each on a line."""
    for entry in doctree.findall(nodes.entry):
        for text in [*entry.findall(nodes.Text)]:
            shown = re.sub(
                r"\([-+\d.]+ to [-+\d.]+\)",
                lambda interval: interval[0].replace(" ", "\N{NO-BREAK SPACE}"),
                text,
            )
            text.parent.replace(text, nodes.Text(shown))


def setup(app):
    """Connect the functions above."""
    app.connect("autodoc-skip-member", skip_members_of_others)
    app.connect("doctree-read", keep_intervals_whole)
