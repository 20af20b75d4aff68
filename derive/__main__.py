"""The command `derive`, and `python -m derive`.

Every process of a run reads this file again: it imports nothing before it is called.
"""


def run() -> None:
    """The command line, from the first argument to the exit code."""
    from .cli import run as command

    command()


if __name__ == "__main__":
    run()
