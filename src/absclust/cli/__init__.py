"""The ``absclust`` command: every step of the job from a shell, each a call of the API."""

import sys
from collections.abc import Sequence

from absclust.cli.answer import run
from absclust.cli.commands import absclust


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; ``absclust --help`` lists them."""
    return run(absclust, list(sys.argv[1:] if argv is None else argv))
