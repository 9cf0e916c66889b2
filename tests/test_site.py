"""The documentation's site: nothing public is without a place in it, and no link is dead.

`make docs` builds the site and finds more; these need none of its tools.
"""

import inspect
import re
from functools import cached_property

import pytest
from scripts import agents

import absclust
from tests.conftest import ROOT

DOCS = ROOT / "docs"
COPIED = DOCS / "notebooks"  # by the build
PAGES = sorted(
    p for p in DOCS.rglob("*.*") if p.suffix in {".md", ".rst"} and COPIED not in p.parents
)
TEXTS = [p for p in PAGES if p.suffix == ".md"] + sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("data/**/*.md")]
)
ENTRY = re.compile(
    r"^( *)\.\. (?:auto)?(?:function|class|exception|method|property|data):: ([\w.]+)"
)
TOCTREE = re.compile(
    r"^(?:```\{toctree\}|\.\. toctree::)\n(.*?)(?:^```|\Z)", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def entries() -> set[str]:
    """Return what the reference describes: names, and CLASS.MEMBER."""
    found = set()
    for page in (DOCS / "reference").glob("*.rst"):
        owner = ""
        for line in page.read_text("utf-8").splitlines():
            if entry := ENTRY.match(line):
                indent, name = entry.groups()
                owner = owner if indent else name
                found.add(f"{owner}.{name}" if indent else name)
    return found


def members(name: str) -> set[str]:
    """Return the methods and properties of a public class that are absclust's own."""
    owner = getattr(absclust, name)
    if not inspect.isclass(owner):
        return set()
    return {
        f"{name}.{member}"
        for base in owner.__mro__
        if base.__module__.startswith("absclust.")
        for member, value in vars(base).items()
        if not member.startswith("_")
        if inspect.isfunction(value) or isinstance(value, property | cached_property)
    }


def anchors(text: str) -> set[str]:
    """Return the anchors that a code host, and the site, make of a page's headings."""
    found: dict[str, int] = {}
    for heading in re.findall(
        r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.M
    ):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        found[slug] = found.get(slug, 0) + 1
    return {slug if i == 0 else f"{slug}-{i}" for slug, n in found.items() for i in range(n)}


def in_toctrees() -> list[str]:
    """Return the pages that toctrees list."""
    listed = []
    for page in PAGES:
        for tree in TOCTREE.findall(page.read_text("utf-8")):
            for line in filter(None, map(str.strip, tree.splitlines())):
                if not line.startswith(":"):
                    target = page.parent / re.sub(r".*<(.+)>$", r"\1", line)
                    listed.append(str(target.relative_to(DOCS)))
    return listed


@pytest.mark.parametrize("name", absclust.__all__)
def test_every_public_name_and_member_is_in_the_reference(name):
    own = {name} | members(name)
    own.discard("ThemeModel.check_options")  # for `cluster_dataset`
    assert own <= entries(), "add it to a page of docs/reference"


def test_the_view_is_in_the_reference():
    assert {"MapView", "MapView.selected"} <= entries()


def test_nothing_else_is_in_the_reference():
    known = {n for name in absclust.__all__ for n in {name} | members(name)}
    assert entries() - known == {"MapView", "MapView.selected", "Pictures.__call__"}


def test_every_page_is_in_one_toctree():
    pages = [str(p.relative_to(DOCS).with_suffix("")) for p in PAGES] + ["notebooks/samples"]
    pages += [f"notebooks/{path.stem}" for path in (ROOT / "notebooks").glob("*.ipynb")]
    pages.remove("index")
    assert sorted(in_toctrees()) == sorted(pages), "add it to a toctree, such as docs/index.md's"


def test_no_page_has_the_name_of_one_that_sphinx_makes():
    assert not {"search", "genindex", "map"} & {page.stem for page in DOCS.glob("*.*")}


def test_anchors_are_those_of_a_code_host():
    text = "# A. Maps: how?\n```\n# no\n```\n## `x` and y\n## `x` and y\n"
    assert anchors(text) == {"a-maps-how", "x-and-y", "x-and-y-1"}


@pytest.mark.parametrize("page", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target, anchor in LINK.findall(CODE.sub("", page.read_text("utf-8"))):
        path = page.parent / target if target else page
        assert path.exists(), target
        if anchor and path.suffix == ".md":
            assert anchor in anchors(path.read_text("utf-8")), f"{target}#{anchor}"


def test_there_are_links_to_check():
    found = [link for page in TEXTS for link in LINK.findall(page.read_text("utf-8"))]
    assert len(found) > 50
    assert any(anchor for _, anchor in found)


def users_pages() -> list:
    pages = [DOCS / f"{name}.md" for name in in_toctrees() if (DOCS / f"{name}.md").exists()]
    listed = TOCTREE.findall((DOCS / "guides.md").read_text("utf-8"))[0].split()
    guides = {DOCS / f"{name}.md" for name in listed if not name.startswith(":")}
    return [page for page in pages if page in guides]


@pytest.mark.parametrize("page", users_pages(), ids=lambda page: page.stem)
def test_users_pages_say_what_to_do_and_others_how_it_was_measured(page):
    text = page.read_text("utf-8")
    assert not re.search(r"make bench|\bbench/|`tests/", text), "its place is docs/measured"


@pytest.mark.parametrize("page", sorted((DOCS / "measured").glob("*.md")), ids=lambda p: p.stem)
def test_what_was_measured_names_its_version(page):
    assert re.match(r"# .+\n\nMeasured .*version \d+\.\d+", page.read_text("utf-8"))


def test_agents_md_is_made_of_what_it_sums_up():
    assert (ROOT / "AGENTS.md").read_text("utf-8") == agents.agents(), "run `make agents`"
    assert len(agents.agents().splitlines()) < 100  # one page


def test_llms_txt_lists_every_page_guides_before_decisions():
    text = agents.llms()
    known = [p.relative_to(DOCS).with_suffix("") for p in PAGES if p.suffix == ".md"]
    assert {f"({name}.html)" for name in map(str, known) if name != "index"} == set(
        re.findall(r"\([\w/-]+\.html\)", text)
    )
    assert all(re.search(r"\): \S", line) for line in text.splitlines() if line.startswith("- "))
    assert text.index("guides/zotero.html") < text.index("decisions/index.html")


def test_workflows_pin_what_they_use():
    for workflow in (ROOT / ".github" / "workflows").glob("*.yml"):
        for used in re.findall(r"uses: (\S+)", workflow.read_text("utf-8")):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used), f"{workflow.name}: {used}"


SOUGHT = (
    "docker", "excel", "how to cite", "licence", "reproducible", "portuguese", "institution",
    "department", "undo", "faq", "troubleshooting", "ollama", "topics over time",
)  # fmt: skip


@pytest.mark.parametrize("words", SOUGHT)
def test_what_people_search_for_is_on_a_users_page(words):
    assert any(words in page.read_text("utf-8").lower() for page in users_pages())
