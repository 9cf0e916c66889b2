"""The page's modules joined into one script; none but plain imports are in them."""

import re

import pytest

from absclust.web.script import PARTS, joined_modules, page_script

MAIN = 'import { one } from "./a.mjs";\nexport function start() { return one(); }'


def test_modules_come_after_those_that_they_import():
    sources = {
        "main": MAIN,
        "a": 'import { two,\n  three } from "./b.mjs";\nexport const one = () => two + three;',
        "b": "export const two = 2;\nexport const three = 3;\nconst own = 4;",
    }
    script = joined_modules(sources, "main")
    assert [script.index(f"const _{name} = ") for name in ("b", "a", "main")] == sorted(
        script.index(f"const _{name} = ") for name in sources
    )
    assert "return { two, three };" in script
    assert script.endswith("_main.start();\n")


def test_a_circle_is_refused():
    with pytest.raises(ValueError, match="in a cycle"):
        joined_modules({"main": MAIN, "a": 'import { start } from "./main.mjs";'}, "main")


def test_every_module_is_imported_or_the_entry():
    texts = {part.name: part.read_text("utf-8") for part in PARTS.iterdir()}
    for name in set(texts) - {"main.mjs", "map.css", "map.html"}:
        assert any(f'from "./{name}";' in text for text in texts.values()), name


def test_the_page_has_no_import_and_no_export_left():
    script = page_script()
    assert not re.findall(r"\b(?:export |import[ (.])", script)
