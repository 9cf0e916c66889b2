"""The package as a whole: public names, import cost, options repeated in two places."""

import inspect
import json
import pkgutil
import re
import runpy
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError

import pytest

import absclust
from absclust import _version
from absclust.cli.commands import absclust as absclust_command
from absclust.model import ThemeModel
from tests.conftest import ROOT

ROBOTS = [f"Robot {i} grasps {what}." for i, what in enumerate(["cups", "boxes", "tools"] * 10)]
HEAVY = ("pandas", "sklearn", "scipy", "umap", "numba", "torch", "matplotlib", "hdbscan")


def test_public_names():
    assert absclust.__all__ == [
        "AbsclustError",
        "BuiltinEmbedder",
        "CacheWarning",
        "ClusterError",
        "ClusteredDataset",
        "Comparison",
        "EditWarning",
        "Embedder",
        "EmbedderError",
        "EmptyCorpusError",
        "Explanation",
        "InputError",
        "InputTypeError",
        "LLMNamer",
        "LanguageWarning",
        "MissingPackageError",
        "Namer",
        "NamerError",
        "NamingWarning",
        "OptionError",
        "Pictures",
        "ReadError",
        "SearchWarning",
        "StoreError",
        "StoreWarning",
        "Theme",
        "ThemeMap",
        "ThemeModel",
        "TransformerEmbedder",
        "UnknownThemeError",
        "Update",
        "VectorCache",
        "WriteError",
        "__version__",
        "cluster_abstracts",
        "cluster_dataset",
        "combine",
        "load",
        "read_abstracts",
    ]
    assert all(getattr(absclust, name) is not None for name in absclust.__all__)
    assert set(absclust.__all__) <= set(dir(absclust))


def test_unknown_name():
    with pytest.raises(AttributeError, match="No absclust attribute clusterise"):
        absclust.clusterise  # noqa: B018


def test_import_loads_nothing_heavy():
    # BERTopic takes 20 s and Top2Vec a minute to import (BERTopic#776).
    code = "import sys, json, absclust; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(HEAVY) & set(json.loads(done.stdout))


def test_clustering_loads_no_plotting_and_no_torch():
    code = (
        "import sys, json, absclust; absclust.cluster_abstracts(['a robot', 'a protein']);"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "umap", "numba", "matplotlib", "hdbscan"} & set(json.loads(done.stdout))


# Calls, in one process -> how many modules Python may have loaded by then: some 5 % more than when
# this was written. Imports are what a first call waits for, and seconds differ between machines.
MODULES_LOADED = {
    "import absclust": 70,
    "papers = absclust.read_abstracts('papers.csv')": 700,
    "themes = absclust.cluster_abstracts(papers); themes.table()": 1730,
    "themes.predict(papers)": 1730,
    "themes.search('robots')": 1730,
    "themes.save('map.zip'); absclust.load('map.zip')": 1750,
    "themes.to_csv('themes.csv')": 1750,
    "themes.plot()": 1910,
    "themes.to_html('map.html')": 1910,
    "themes.report('report.md')": 1910,
}


def test_calls_load_few_modules(tmp_path):
    rows = ["title,abstract", *(f"Robots {n},A robot grasps cups. Proteins fold." for n in "abc")]
    (tmp_path / "papers.csv").write_text("\n".join(rows), "utf-8")
    code = "".join(f"\n{call}; print(len(sys.modules))" for call in MODULES_LOADED)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"import sys{code}"],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    loaded = zip(MODULES_LOADED, map(int, done.stdout.split()), strict=True)
    assert not {call: n for call, n in loaded if n > MODULES_LOADED[call]}


def test_both_signatures_have_the_same_options():
    call = inspect.signature(absclust.cluster_abstracts).parameters
    model = inspect.signature(ThemeModel.__init__).parameters
    # The papers, their vectors and labels are data: fit takes them, not the constructor.
    data = {"texts", "embeddings", "labels"}
    options = {name: p.default for name, p in call.items() if name not in data}
    assert options == {name: p.default for name, p in model.items() if name != "self"}
    fit = list(inspect.signature(ThemeModel.fit).parameters)
    assert fit == ["self", "X", "y", "labels", "embeddings"]


def documented(option):
    """Return what ``cluster_abstracts`` says about an option, on one line."""
    doc = inspect.getdoc(absclust.cluster_abstracts)
    return " ".join(re.search(rf"^{option} : .*\n((?: +.*\n?)+)", doc, re.M)[1].split())


def test_the_page_of_options_has_their_defaults_and_words():
    page = (ROOT / "docs" / "options.md").read_text("utf-8")
    table = dict(re.findall(r"^\| `(\w+)` \| (.* \| .*) \|$", page, re.M))
    options = inspect.signature(absclust.cluster_abstracts).parameters
    assert list(table) == [name for name in options if name != "texts"]
    for name, row in table.items():
        default, words = row.split(" | ", 1)
        expected = options[name].default
        assert default == ("–" if expected is None else f"`{expected!r}`".replace("'", '"')), name
        assert words.replace("`", "") == documented(name).replace("`", ""), name


def test_the_command_has_options_of_the_call_with_their_defaults_and_words(capsys):
    options = inspect.signature(absclust.cluster_abstracts).parameters
    flags = {param.name: param for param in absclust_command.commands["cluster"].params}
    of_python = {"texts", "embeddings", "namer", "cache", "progress"}
    assert set(options) - of_python <= set(flags)
    own = {"paths", "columns", "collection", "tag", "out", "plan", "no_cache", "quiet",
           "scheduler", "sample_size", "json", "verbose", "log_file"}  # fmt: skip
    assert set(flags) - set(options) == own
    for name in set(options) - of_python:
        assert flags[name].opts == [f"--{name.replace('_', '-')}"]
        words = re.split(r"; (?:or )?an? (?:object|callable)", documented(name))[0].split("``")[0]
        assert flags[name].help.startswith(words.split("[")[0]), name
        default = options[name].default
        if default not in (None, ()):
            assert flags[name].default == default


def test_the_model_names_every_option_in_its_documentation():
    doc = " ".join(inspect.getdoc(ThemeModel).split())
    listed = doc.split("Parameters ---------- ")[1].split(" The options of")[0]
    signature = inspect.signature(ThemeModel.__init__).parameters
    assert listed.split(", ") == [name for name in signature if name != "self"]


def test_errors_are_one_tree():
    errors = [getattr(absclust, n) for n in absclust.__all__ if n.endswith("Error")]
    assert all(issubclass(error, absclust.AbsclustError) for error in errors)
    assert issubclass(absclust.InputError, ValueError)
    assert issubclass(absclust.InputTypeError, TypeError)


def test_no_public_name_is_a_module_too():
    # Importing the module would put it in the place of the name.
    modules = {module.name for module in pkgutil.iter_modules(absclust.__path__)}
    assert not modules & set(absclust.__all__)


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def lines_of(path):
    return [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]


def test_the_light_list_is_all_but_sentence_transformers():
    needed = [n for n in PROJECT["dependencies"] if not n.startswith("sentence-transformers")]
    assert len(needed) == len(PROJECT["dependencies"]) - 1
    assert lines_of(ROOT / "requirements-light.txt") == needed


def test_the_image_has_what_reports_need():
    image = (ROOT / "Dockerfile").read_text("utf-8")
    for package in PROJECT["optional-dependencies"]["office"]:
        assert f" {package.partition('>')[0]} " in image


def test_ci_runs_the_pythons_of_the_classifiers():
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    matrix = json.loads(re.search(r"^ +python: (\[.*\])$", workflow, re.M)[1])
    prefix = "Programming Language :: Python :: 3."
    listed = [name for name in PROJECT["classifiers"] if name.startswith(prefix)]
    assert [f"3.{name.removeprefix(prefix)}" for name in listed] == matrix
    assert PROJECT["requires-python"] == f">={matrix[0]}"


def test_source_that_was_never_installed_has_a_version(monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", missing)
    assert runpy.run_path(_version.__file__)["__version__"] == "0+unknown"


@pytest.mark.parametrize(
    ("module", "package", "texts", "options"),
    [
        ("hdbscan", "hdbscan", ROBOTS, {"clusterer": "hdbscan"}),
        ("umap.umap_", "umap-learn", ROBOTS, {"clusterer": "hdbscan"}),
        ("rjieba", "rjieba", ["机器人手臂学习抓取杯子的方法研究。"] * 3, {}),
    ],
)
@pytest.mark.filterwarnings("ignore::absclust.LanguageWarning")
def test_a_package_without_a_wheel_for_the_machine_is_named(
    monkeypatch, module, package, texts, options
):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(absclust.MissingPackageError, match=f"pip install '{package}'"):
        absclust.cluster_abstracts(texts, **options).plot()
