r"""How a proof shows itself in a notebook: HTML that follows the notebook's theme, with formulas for its MathJax.

Titles and reasons may be anybody's.  They are escaped, and their dollars and
backslashes stand in elements of their own, where MathJax finds no formula.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from .derivation import Derivation, Step
from .formula.latex import latex, latex_hypothesis
from .kernel.verdict import Conditional, Refuted, SideCondition, Unknown, Verdict

if TYPE_CHECKING:
    from .proof import Proof, StepProof

COLOURS = {
    "proved": "var(--jp-success-color1, #2e7d32)",
    "conditional": "var(--jp-warn-color1, #b26a00)",
    "refuted": "var(--jp-error-color1, #c62828)",
    "ill-formed": "var(--jp-error-color1, #c62828)",
    "unknown": "var(--jp-info-color1, #5b6b8c)",
}
SIGNS = {"proved": "✓", "conditional": "(✓)", "refuted": "✗", "ill-formed": "✗", "unknown": "?"}
IGNORED = 'class="tex2jax_ignore mathjax_ignore"'


def proof_html(proof: Proof) -> str:
    """A proof: the verdict, the chain with its reasons and marks, and what is to be known besides."""
    title = f"<strong>{text(proof.entry.title)}</strong>"
    scopes = [(one.verdict, one.scope) for one in (proof.general, proof) if one is not None]
    said = " · ".join(f"{mark(verdict)} {text(f'{verdict}, {scope}')}" for verdict, scope in scopes)
    parts = [f'<p style="margin:0.3em 0">{title}<br>{said}</p>']
    if proof.derivation is not None:
        parts.append(_table(proof, proof.derivation))
        parts += _given(proof, proof.derivation)
    if proof.refusal:
        parts.append(f"<p>{text(proof.refusal)}</p>")
    return f'<div style="overflow-x:auto;max-width:100%">{"".join(parts)}</div>'


def text(foreign: str) -> str:
    """Text of anybody's: escaped, and no formula in it."""
    shown = escape(foreign)
    for sign in "\\$":
        shown = shown.replace(sign, f"<span>{sign}</span>")
    return f"<span {IGNORED}>{shown}</span>"


def math(formula: str) -> str:
    """A formula for MathJax, which reads it once HTML is parsed."""
    return f"${escape(formula, quote=False)}$"


def mark(verdict: str) -> str:
    """The sign of a verdict in its colour."""
    return f'<span style="color:{COLOURS[verdict]};font-weight:600">{SIGNS[verdict]}</span>'


def _table(proof: Proof, derivation: Derivation) -> str:
    both = [one for one in (proof.general, proof) if one is not None]
    decided = [(one.scope if len(both) > 1 else "", {step.number: step for step in one.steps}) for one in both]
    claim = _row("", latex(derivation.claim), "", "")
    rows = [
        _line(n, step, [(scope, steps[n]) for scope, steps in decided if n in steps])
        for n, step in enumerate(derivation.steps, 1)
    ]
    style = "border-collapse:collapse;margin:0.3em 0;color:inherit;font:inherit"
    return f'<table style="{style}"><tbody>{claim}{"".join(rows)}</tbody></table>'


def _line(number: int, step: Step, decided: list[tuple[str, StepProof]]) -> str:
    """A line, with a mark for each scope that decided it, the general one first; and what they say besides."""
    relation = r"\approx" if step.relation == "≈" else "="
    reason = text(step.by.name.replace("$", ""))
    signs = [f"{mark(one.verdict.name)} {text(scope)}" if scope else mark(one.verdict.name) for scope, one in decided]
    row = _row(f"({number})", f"{relation} {latex(step.line)}", reason, "<br>".join(signs))
    told = [(scope, remark(one.verdict)) for scope, one in decided]
    return row + "".join(_below(f"{text(scope)}: {said}" if scope else said) for scope, said in told if said)


def _row(number: str, formula: str, reason: str, sign: str) -> str:
    cells = (
        (number, "right;color:var(--jp-ui-font-color2, inherit)"),
        (math(rf"\displaystyle {formula}"), "left"),
        (reason, "left"),
        (sign, "left"),
    )
    shown = "".join(
        f'<td style="padding:0.35em 0.7em;background:none;text-align:{align}">{cell}</td>' for cell, align in cells
    )
    return f'<tr style="background:none">{shown}</tr>'


def _below(told: str) -> str:
    return f'<tr style="background:none"><td></td><td colspan="3" style="text-align:left">{told}</td></tr>'


def remark(verdict: Verdict) -> str:
    """What a verdict on a line has to say besides its name."""
    match verdict:
        case Conditional(conditions):
            return f"equal only where {', '.join(map(condition, conditions))}"
        case Refuted(found):
            return f"differs from the line above at {text(str(found))}"
        case Unknown(reason):
            return f"not decided: {text(reason)}"
    return ""


def condition(one: SideCondition) -> str:
    """A side condition as a formula."""
    relation = one.relation.replace("≠", r"\ne")
    return math(f"{latex(one.body)} {relation}")


def _given(proof: Proof, derivation: Derivation) -> list[str]:
    defined = [math(f"{latex(name)} = {latex(meaning)}") for name, meaning in derivation.definitions()]
    assumed = [math(latex_hypothesis(one)) for one in derivation.assuming]
    found = [("where", defined), ("assuming", assumed)]
    both = [one for one in (proof.general, proof) if one is not None]
    left_open = [
        (one.scope, [condition(each) for each in one.conditions] if one.verdict == "conditional" else [])
        for one in both
    ]
    if all(those == left_open[0][1] for _, those in left_open):
        left_open = [("", left_open[0][1])]
    found += [(f"for {text(scope)}, wherever" if scope else "wherever", those) for scope, those in left_open]
    return [f'<p style="margin:0.3em 0">{word} {", ".join(those)}</p>' for word, those in found if those]
