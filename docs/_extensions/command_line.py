"""The directive ``command-line``: what the command takes, from its own parser."""

import argparse

from docutils.parsers.rst import Directive
from docutils.statemachine import StringList

from absclust.cli import _parser


def described(parser):
    """Return the usage, the arguments and the options of a command as lines of reST."""
    usage = parser.format_usage().removeprefix("usage: ").splitlines()
    lines = [f".. program:: {parser.prog}", "", ".. code-block:: text", ""]
    lines += [f"   {line}" for line in usage] + [""]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            continue
        value = action.metavar or (action.choices and f"{{{','.join(action.choices)}}}")
        value = f" {value}" if value and action.nargs != 0 else ""
        many = " ..." if action.nargs == "+" else ""
        if action.option_strings:
            names = ", ".join(f"{name}{value}{many}" for name in action.option_strings)
        else:
            names = f"{action.metavar or action.dest}{many}"
        shown = (action.help or "").replace("%%", "%").replace("*", r"\*").replace("`", r"\`")
        lines += [f".. option:: {names}", "", f"   {shown}", ""]
    return lines


class CommandLine(Directive):
    """List what ``absclust COMMAND`` takes."""

    required_arguments = 1

    def run(self):
        """Parse the lines where the directive stands."""
        (commands,) = (a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction))
        lines = described(commands.choices[self.arguments[0]])
        return self.parse_text_to_nodes(lines)

    def parse_text_to_nodes(self, lines):
        """Return the nodes of lines of reST."""
        from docutils import nodes

        parent = nodes.container()
        self.state.nested_parse(StringList(lines, "absclust.cli"), self.content_offset, parent)
        return parent.children


def setup(app):
    """Add the directive."""
    app.add_directive("command-line", CommandLine)
    return {"parallel_read_safe": True}
