"""The learning curve of the README: both classifiers of `tests/digits.py`, as a figure on standard output.

derive export -o derived.py
PYTHONPATH=.:tests python tests/benchmarks/learning_curve.py > .github/learning-curve.svg
"""

from __future__ import annotations

from importlib import import_module
from math import log10

from derive.report.figures import Series, plot

STYLE = """<style>
text { font: 13px system-ui, sans-serif; fill: #444 }
path { fill: none; stroke: #ddd } .axis { stroke: #888 } .line { stroke-width: 2 }
.one { stroke: #1a5fb4 } .two { stroke: #c64600 }
@media (prefers-color-scheme: dark) {
  text { fill: #bbb } path { stroke: #333 } .axis { stroke: #777 } .one { stroke: #78aeed } .two { stroke: #ff9d5c }
}
</style>"""


def main() -> None:
    """Train both, and draw their losses over the logarithm of the step."""
    digits = import_module("digits")
    X, labels = digits.load_digits(return_X_y=True)
    _, one = digits.softmax_regression(X / 16, labels, 1 / len(X))
    _, two = digits.two_layers(X / 16, labels)
    series = [
        Series(style, tuple((log10(step), loss) for step, loss in enumerate(losses, 1) if is_shown(step, len(losses))))
        for style, losses in (("one", one), ("two", two))
    ]
    figure = plot(
        "learning",
        "Loss on the digits",
        f"Softmax regression (blue) falls from {one[0]:.2f} to {one[-1]:.6f} in {len(one)} steps, "
        f"two layers (orange) from {two[0]:.2f} to {two[-1]:.4f} in {len(two)}.",
        "log₁₀ of the step",
        series,
    )
    head, _, rest = str(figure).partition("\n")
    print(head.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '), STYLE, rest, sep="\n")


def is_shown(step: int, last: int) -> bool:
    """About forty steps for each power of ten."""
    return step < 20 or step == last or int(40 * log10(step)) != int(40 * log10(step - 1))


if __name__ == "__main__":
    main()
