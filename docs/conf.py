"""Sphinx's configuration: ``make docs`` builds the site from this folder.

The pages are Markdown that a code host shows as well. Notebooks are copied from ``notebooks/``,
the reference comes from the docstrings, the options of the command from its parser, and the
interactive map is made from the sample. The site loads nothing from elsewhere.
"""

import shutil
import sys
from functools import cached_property
from pathlib import Path

from numpydoc.validate import Validator

import absclust

DOCS = Path(__file__).parent
ROOT = DOCS.parent
sys.path[:0] = [str(DOCS / "_extensions"), str(ROOT)]

project = "absclust"
author = "the absclust developers"
project_copyright = author
version = release = absclust.__version__

extensions = [
    "command_line",
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_copybutton",
]
exclude_patterns = ["_extensions"]
nitpicky = True  # a link that leads nowhere is a warning, and `make docs` takes it for an error
# Types in signatures: those of other packages, and those of ours that users only pass on.
nitpick_ignore_regex = [("py:class", r"(?!absclust\.[A-Z]).*")]

myst_heading_anchors = 4  # as a code host makes them
nb_execution_mode = "off"  # `make notebooks` runs them and keeps what they show

default_role = "py:obj"
autodoc_typehints_format = "short"
autosummary_generate = False
toc_object_entries_show_parents = "hide"
python_maximum_signature_line_length = 80
numpydoc_show_class_members = False  # reference/*.rst list them, by topic
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# What a docstring needs. Types stand in the signature.
numpydoc_validation_checks = {
    "GL03", "GL05", "GL06", "GL07", "GL08", "GL10",  # sections: known, in order, not empty
    "SS01", "SS02", "SS03", "SS04", "SS05", "SS06",  # the summary: one line, a sentence
    "PR01", "PR02", "PR03", "PR07", "PR10",  # parameters: all of them, in order, described
    "RT01", "RT03", "YD01",  # what is returned
    "EX01",  # an example
}  # fmt: skip
# Errors need no example. Nor do properties, and methods of what comes back: their class has one.
_PROPERTIES = [
    name
    for name, member in vars(absclust.ThemeMap).items()
    if isinstance(member, property | cached_property)
]
numpydoc_validation_exclude = {
    r"(Error|Warning)$",
    rf"\.ThemeMap\.({'|'.join(_PROPERTIES)})$",
    r"^absclust\.[a-z.]*(?!ThemeM)[A-Z]\w+\.\w+$",
}
numpydoc_validation_overrides = {
    "PR01": [r"\n\s*Attributes\n\s*-----", r"^Anything that"],  # results, and protocols
    "RT01": [r"^\s*Return "],  # the summary says what
}
# Methods of a ThemeMap, and its pictures, are functions whose first parameter is not called self.
_parameters = Validator.signature_parameters
Validator.signature_parameters = property(
    lambda doc: tuple(p for p in _parameters.fget(doc) if p not in ("themes", "pictures"))
)

smartquotes = False  # quotes belong to code and are left as they are written

html_theme = "pydata_sphinx_theme"
html_title = "absclust"
html_static_path = ["_static"]
html_sidebars = {
    name: [] for name in ("index", "getting-started", "from-bertopic", "changes", "genindex")
}
html_css_files = ["site.css"]
html_search_scorer = str(DOCS / "_static" / "scorer.js")
html_context = {"default_mode": "auto"}  # light or dark as the system is
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "absclust"},
    "navigation_with_keys": False,
    "header_links_before_dropdown": 7,
    "navbar_persistent": ["search-button"],  # the field has no room beside seven links
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
linkcheck_timeout = 30


def copy_notebooks(_app):
    """Copy the notebooks, and what is said about their papers, to where Sphinx finds them."""
    shutil.rmtree(DOCS / "notebooks", ignore_errors=True)
    shutil.copytree(ROOT / "notebooks", DOCS / "notebooks", ignore=shutil.ignore_patterns(".*"))
    shutil.copy(ROOT / "data" / "samples" / "README.md", DOCS / "notebooks" / "samples.md")


def lead_to_the_site(_app, name, source):
    """Let links that leave this folder, or come from what was copied to it, lead to pages here."""
    up = "../" * name.count("/")
    copied = {
        f"]({up}../data/samples/README.md": f"]({up}notebooks/samples.md",
        f"]({up}../notebooks/": f"]({up}notebooks/",
    }
    if name.startswith("notebooks/"):
        copied = {
            "](../data/samples/README.md": "](samples.md",
            "](../../notebooks/": "](",
            "](../docs/": "](../",
        }
    for there, here in copied.items():
        source[0] = source[0].replace(there, here)


def make_map(app, error):
    """Write the interactive map of the sample of real papers, which the gallery shows."""
    if error is None and app.builder.format == "html":
        papers = absclust.read_abstracts(ROOT / "data" / "samples" / "arxiv.csv.gz")
        absclust.cluster_abstracts(papers, progress=False).to_html(app.outdir / "map.html")


def list_pages(app, error):
    """Write llms.txt, the list of the pages for programs that read."""
    from scripts.agents import llms

    if error is None and app.builder.format == "html":
        (app.outdir / "llms.txt").write_text(llms(), "utf-8")


def setup(app):
    """Connect the above to the steps of the build."""
    app.connect("builder-inited", copy_notebooks)
    app.connect("source-read", lead_to_the_site)
    app.connect("build-finished", make_map)
    app.connect("build-finished", list_pages)
