"""Templates call words and macros at once, and everything else as Jinja does."""

from __future__ import annotations

import pytest
from jinja2 import Environment, StrictUndefined, UndefinedError, pass_context
from jinja2.runtime import Context

from derive.report.calls import Calls
from derive.report.language import spoken


@pass_context
def chosen(context: Context, name: str) -> object:
    return context.resolve(name)


def filled(source: str, context_class: type[Context] = Calls, **values: object) -> str:
    environment = spoken(Environment(autoescape=True, undefined=StrictUndefined))
    environment.context_class = context_class
    environment.globals["chosen"] = chosen
    return environment.from_string(source).render(values)


@pytest.mark.parametrize(
    "source",
    [
        '{{ say("%(a)s & b", a=name) }}',
        '{% for n in [1, 2] %}{{ says("%(n)s line", "%(n)s lines", n) }}{{ comma() }}{% endfor %}',
        "{% macro b(x) %}<b>{{ x }}</b>{% endmacro %}{% for x in [name] %}{{ b(x) }}{{ b(b(x)) }}{% endfor %}",
        "{% macro box() %}[{{ caller(1) }}]{% endmacro %}{% for x in 'ab' %}"
        "{% call(n) box() %}{{ x }}{{ n }}{{ name }}{% endcall %}{% endfor %}",
        "{% for x in [1] %}{{ x }}{{ chosen('name') }}{{ name.upper() }}{% endfor %}",
        "{% trans %}{{ name }} or not{% endtrans %}",
    ],
)
def test_the_same_is_said(source: str) -> None:
    assert filled(source, name="<a>") == filled(source, Context, name="<a>")


def test_what_is_not_there_cannot_be_called() -> None:
    with pytest.raises(UndefinedError, match="nothing"):
        filled("{{ nothing() }}")
