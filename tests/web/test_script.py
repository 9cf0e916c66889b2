"""The page's modules joined into one script; what can't be joined is an error."""

import pytest

from absclust.web.script import joined_modules, page_script

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


@pytest.mark.parametrize(
    ("module", "says"),
    [
        ("export default 1;", "can't join 'export default 1;'"),
        ("export let one = 1;", "can't join 'export let one = 1;'"),
        ("const one = 1;\nexport { one };", "can't join 'export { one };'"),
        ("export class one {}", "can't join 'export class one {}'"),
        ('import * as b from "./b.mjs";\nexport const one = 1;', r"can't join 'import \* as b"),
        ('import b from "b";\nexport const one = 1;', "can't join 'import b"),
        ('export const one = () => import("./b.mjs");', "can't join 'import"),
        ("export const one = import.meta.url;", "can't join 'import"),
        ('import { two } from "./b.mjs";\nexport const one = 1;', r"\['two'\], which b.mjs"),
        ('import { start } from "./main.mjs";\nexport const one = 1;', "in a cycle"),
        ('import { three as two } from "./b.mjs";\nexport const one = 1;', "'three as two'"),
        ("export const other = 1;", r"\['one'\], which a.mjs doesn't export"),
    ],
)
def test_what_can_not_be_joined_is_refused(module, says):
    with pytest.raises(ValueError, match=says):
        joined_modules({"main": MAIN, "a": module, "b": "export const three = 3;"}, "main")


def test_a_module_that_nothing_imports_is_refused():
    with pytest.raises(ValueError, match=r"no module imports \['b'\]"):
        joined_modules({"main": "export const start = 1;", "b": "const b = 1;"}, "main")


def test_the_page_has_no_import_and_no_export_left():
    script = page_script()
    assert "export " not in script
    assert "import " not in script
