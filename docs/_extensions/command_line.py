"""The directive ``command-line``: what a command takes, from its own parser."""

import click
from sphinx.util.docutils import SphinxDirective

from absclust.cli.commands import absclust


def described(command):
    """Return what a command does, its usage and its options, as reST."""
    context = click.Context(command, info_name=f"absclust {command.name}", terminal_width=78)
    usage = command.get_usage(context).removeprefix("Usage: ").splitlines()
    lines = [escaped(command.help), "", f".. program:: absclust {command.name}", ""]
    lines += [".. code-block:: text", "", *(f"   {line.strip()}" for line in usage)]
    for option in command.get_params(context):
        if (record := option.get_help_record(context)) and "--help" not in record[0]:
            lines += ["", f".. option:: {record[0]}", "", f"   {escaped(record[1])}"]
    return "\n".join(lines)


def escaped(text):
    """Return a text for reST: names of options as code, URLs as they are."""
    return text.replace("`", "``").replace("://", r"\://").replace("*", r"\*")


class CommandLine(SphinxDirective):
    """List what ``absclust COMMAND`` takes."""

    required_arguments = 1

    def run(self):
        """Return the nodes that stand in the directive's place."""
        return self.parse_text_to_nodes(described(absclust.commands[self.arguments[0]]))


def setup(app):
    """Add the directive."""
    app.add_directive("command-line", CommandLine)
    return {"parallel_read_safe": True}
