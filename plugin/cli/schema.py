"""`deskladder schema`: the JSON Schema of the file, for editors."""

from __future__ import annotations

import argparse
import json

HELP = "print the JSON Schema of the file, for editors"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing beyond the common options."""
    parser.description = (
        "Print the JSON Schema of the file. In an editor with a YAML language server, save it "
        "and begin the file with: # yaml-language-server: $schema=deskladder.schema.json"
    )


def run(arguments: argparse.Namespace) -> int:
    """Always 0: the schema is the same for every file."""
    from plugin.configuration.json_schema import file_schema

    del arguments
    print(json.dumps(file_schema(), indent=2, ensure_ascii=False))
    return 0
