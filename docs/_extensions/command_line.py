"""The directive ``command-line``: what a command takes, from its own parser."""

import argparse
from functools import partial

from sphinx.util.docutils import SphinxDirective

from absclust.cli import _parser


def described(parser):
    """Return the usage, the arguments and the options of a command, as reST."""
    parser.formatter_class = partial(argparse.HelpFormatter, width=78)  # of any terminal
    usage = parser.format_usage().removeprefix("usage: ").splitlines()
    lines = [f".. program:: {parser.prog}", "", ".. code-block:: text", ""]
    lines += [f"   {line}" for line in usage]
    for action in parser._actions:
        if not isinstance(action, argparse._HelpAction):
            shown = action.help.replace("%%", "%").replace("`", "``").replace("://", r"\://")
            lines += ["", f".. option:: {written(action)}", "", f"   {shown}"]
    return "\n".join(lines)


def written(action):
    """Return an argument or an option as it is written in a shell."""
    name = action.dest.upper() if action.option_strings else action.dest
    value = action.metavar or (f"{{{','.join(action.choices)}}}" if action.choices else name)
    values = {0: [], "+": [value, "..."]}.get(action.nargs, [value])
    return " ".join([*action.option_strings, *values])


class CommandLine(SphinxDirective):
    """List what ``absclust COMMAND`` takes."""

    required_arguments = 1

    def run(self):
        """Return the nodes that stand in the directive's place."""
        commands = next(a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction))
        return self.parse_text_to_nodes(described(commands.choices[self.arguments[0]]))


def setup(app):
    """Add the directive."""
    app.add_directive("command-line", CommandLine)
    return {"parallel_read_safe": True}
