"""How templates call what is ours: a page calls words and macros three hundred times."""

from __future__ import annotations

from typing import Any

from jinja2.runtime import Context, Macro

from .language import comma, gettext, ngettext

WORDS = frozenset({gettext, ngettext, comma})


class Calls(Context):
    """Macros and words are called at once; Jinja asks each time anew what a thing is and what it wants to be given."""

    def call(self, called: Any, /, *given: Any, **named: Any) -> Any:
        is_macro = isinstance(called, Macro)
        if not is_macro and called not in WORDS:
            return super().call(called, *given, **named)
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return called(self.eval_ctx, *given, **named) if is_macro else called(*given, **named)
