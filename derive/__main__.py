"""The command `derive`, and `python -m derive`.

Every process of a run reads this file again: it imports nothing of derive before it is called.
"""

import sys


def run() -> None:
    """The command line, from the first argument to the exit code."""
    if sys.argv[1:2] == ["report"]:  # other processes load what they need while this one reads what is asked
        from .run import get_ready

        get_ready()
    from .cli import run as command

    command()


if __name__ == "__main__":
    run()
