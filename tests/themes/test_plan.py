import pytest

from absclust import EditWarning, OptionError, ReadError, cluster_abstracts

PAPERS = [
    {"id": "r1", "title": "Robot arms grasp cups.", "doi": "10.1000/R1"},
    {"id": "r2", "title": "Robots grasp tools."},
    {"id": "r3", "title": "Robot arms stack tools."},
    {"id": "p1", "title": "Proteins fold fast."},
    {"id": "p2", "title": "How proteins fold."},
    {"id": "p3", "title": "A protein folds twice."},
]


@pytest.fixture(scope="module")
def six():
    return cluster_abstracts(PAPERS)


@pytest.fixture
def names(six):
    return [theme.name for theme in six]


def write(folder, text):
    path = folder / "edits.toml"
    path.write_text(text, "utf-8")
    return path


def test_all_kinds_of_edits_in_the_order_of_the_file(six, names, tmp_path):
    plan = write(
        tmp_path,
        f"""
        [rename]
        "{names[0]}" = "Robots"

        [[merge]]
        themes = ["robots", "{names[1]}"]
        name = "All"

        [[split]]
        theme = "All"
        into = ["First", "Second"]

        [[move]]
        papers = ["10.1000/r1", "how proteins fold.", "p3"]
        to = ""
        """,
    )
    edited = six.edit(plan)
    assert edited.labels[[0, 4, 5]].tolist() == [-1, -1, -1]
    assert {theme.name for theme in edited} == {"First", "Second"}
    assert [line.split()[0] for line in edited.history] == [
        "renamed", "merged", "split", "renamed", "renamed", "moved",
    ]  # fmt: skip
    assert six.history == ()


def test_a_plan_that_was_applied_before_changes_nothing(six, names):
    plan = {
        "rename": {names[0]: "Robots"},
        "move": [{"papers": ["p1"], "to": "Robots"}],
    }
    once = six.edit(plan)
    twice = once.edit(plan)  # without a warning
    assert twice.history == once.history
    assert twice.fingerprint == once.fingerprint
    merge = {"merge": [{"themes": names, "name": "All"}]}
    assert len(six.edit(merge).edit(merge)) == 1


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (
            {"rename": {"Rockets": "Space"}},
            "rename themes = 'Rockets', name = 'Space': this edit no",
        ),
        ({"merge": [{"themes": ["Rockets", "Owls"]}]}, "theme 'Rockets' is not in this map"),
        ({"split": [{"theme": 0, "n": 99}]}, "3 distinct papers"),
        ({"move": [{"papers": ["p1", "p9"], "to": 0}]}, "no paper with the id, DOI or title 'p9'"),
    ],
)
def test_what_no_longer_fits_is_said_and_the_rest_is_done(six, names, plan, says):
    plan |= {"rename": plan.get("rename", {}) | {names[0]: "Robots"}}
    with pytest.warns(EditWarning, match=says):
        edited = six.edit(plan)
    assert "Robots" in {theme.name for theme in edited}


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        ({"remove": {}}, "the plan has a section 'remove'; expected 'rename', 'merge'"),
        ({"merge": [{"theme": "a"}]}, "an edit in 'merge' is .* expected themes and name"),
        ({"move": [{"papers": ["p1"]}]}, "expected papers and to"),
        ({"rename": [{"themes": "a"}]}, "expected themes and name"),
        ({"merge": ["a", "b"]}, "an edit in 'merge' is 'a'"),
    ],
)
def test_a_plan_that_says_something_else_is_refused(six, plan, says):
    with pytest.raises(OptionError, match=says):
        six.edit(plan)


def test_a_file_that_is_no_plan(six, tmp_path):
    with pytest.raises(ReadError, match=r"none\.toml: No such file"):
        six.edit(tmp_path / "none.toml")
    with pytest.raises(ReadError, match=r"edits\.toml: "):
        six.edit(write(tmp_path, "[rename\n"))
