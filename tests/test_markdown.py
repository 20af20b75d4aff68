"""Markdown as a page takes it: rendered by a parser of CommonMark, and compared with what is meant."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from derive.report.markdown import (
    beside,
    block_markdown,
    chain_markdown,
    code_markdown,
    escape_markdown,
    fenced,
    inline_markdown,
    math_markdown,
    prose_markdown,
)

from .report_samples import EVIL, PROOFS
from .test_report import GOLDEN, files

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
WRITTEN = files(formats=("md",))
TRAPS = (
    EVIL,
    "[here](javascript:alert(1))",
    "![x](http://example.org/x.png)",
    "<javascript:alert(1)>",
    "a | b || c",
    "`code` and ``more``",
    "**bold** __bold__ *i* _i_ ~~gone~~",
    "# heading",
    "- item",
    "+ item",
    "1. item",
    "2) item",
    "> quote",
    "===",
    "---",
    "```\nfence\n```",
    "    indented",
    "&lt;b&gt; &amp; &copy;",
    "line\n\n# another\r\n- third",
    "a\\",
    "[a]: http://example.org",
    "a\u0000b",
    "https://example.org/x and http://example.org",
    "HTTPS://EXAMPLE.ORG, ftp://a.b, //example.org",
    "www.example.org WWW.x.y www.1.de",
    "a.person@example.org, mailto:a@b.de xmpp:a@b.de",
    "@somebody and @some/team (@x)",
    "#123, me/it#4, GH-5, gh-6, !7, # 8",
    ":smile: :+1: ::x::",
    "see example.org or derive.py",
    "==",
    "=",
    "- [ ] task",
    "12345678901. long",
    "> > quote",
    "&#64;name &commat;name",
    "Title ##",
    "   - three blanks",
)
LINKED = re.compile(
    r"\w+://\w|www\.|[\w.+-]@\w|(?<!\w)@\w|#\d|\bGH-\d|!\d|:[\w+-]+:",
    re.IGNORECASE,
)
"""What GitHub or GitLab find in rendered text, and make a link or a picture of."""


def tokens(markdown: str) -> list[Token]:
    """All tokens, those in lines too."""
    return [inner for token in PARSER.parse(markdown) for inner in (token, *(token.children or ()))]


def words(markdown: str) -> str:
    """The text that a page shows."""
    found = [token for token in tokens(markdown) if token.type in ("text", "code_inline", "html_inline")]
    return re.sub(r"</?span>", "", "".join(token.content for token in found))


def texts(markdown: str) -> list[str]:
    """The stretches of text between elements, as a page has them once it is rendered."""
    inner = [token for token in tokens(markdown) if not token.children]
    return "".join(t.content if t.type in ("text", "text_special") else "\0" for t in inner).split("\0")


def test_a_derivation_keeps_its_looks() -> None:
    """Read the difference; if it is meant, write the new text to tests/golden."""
    assert WRITTEN["jacobian.md"] == (GOLDEN / "report_markdown.md").read_text(encoding="utf-8")


def test_an_index_keeps_its_looks() -> None:
    """Read the difference; if it is meant, write the new text to tests/golden."""
    assert WRITTEN["index.md"] == (GOLDEN / "report_index.md").read_text(encoding="utf-8")


def test_the_files() -> None:
    assert {name for name in WRITTEN if name.endswith("md")} == {"index.md", *(f"{one.name}.md" for one in PROOFS)}
    assert not [name for name in WRITTEN if name.endswith(("html", "tex"))]


@pytest.mark.parametrize("text", TRAPS)
def test_text_is_text(text: str) -> None:
    markdown = escape_markdown(text)
    kinds = {token.type for token in tokens(markdown)}
    assert kinds <= {"paragraph_open", "inline", "text", "text_special", "paragraph_close", "html_inline"}
    assert {token.content for token in tokens(markdown) if token.type == "html_inline"} <= {"<span>", "</span>"}
    assert words(markdown) == " ".join(text.replace("\0", "\ufffd").split())


@pytest.mark.parametrize("text", TRAPS)
@pytest.mark.parametrize("write", [escape_markdown, prose_markdown])
def test_no_site_makes_links_of_text(write: Callable[[str], str], text: str) -> None:
    markdown = write(text)
    assert not [one for one in texts(markdown) if LINKED.search(one)]
    kinds = {token.type for token in tokens(f"{markdown}\n")}
    assert kinds <= {
        "paragraph_open",
        "inline",
        "text",
        "text_special",
        "paragraph_close",
        "html_inline",
        "code_inline",
    }
    heading = [token.type for token in tokens(f"# {markdown}\n")]
    assert heading[:2] == ["heading_open", "inline"] and heading.count("heading_open") == 1


@pytest.mark.parametrize("text", TRAPS)
@pytest.mark.parametrize("write", [escape_markdown, prose_markdown])
def test_an_editor_makes_no_links_of_text(write: Callable[[str], str], text: str) -> None:
    pytest.importorskip("linkify_it")
    parser = MarkdownIt("commonmark", {"html": True, "linkify": True}).enable(["table", "strikethrough", "linkify"])
    assert parser.linkify is not None
    parser.linkify.set({"fuzzy_link": False})  # as VS Code does, so that derived.py is no site in Paraguay
    assert "<a " in parser.render("see https://example.org")
    assert "<a " not in parser.render(f"{write(text)}\n\n- {write(text)}\n")


@pytest.mark.parametrize("text", TRAPS)
def test_text_stays_in_its_cell(text: str) -> None:
    markdown = f"| a | b |\n|:--|:--|\n| {escape_markdown(text)} | {code_markdown(text)} |\n"
    assert [token.type for token in tokens(markdown)].count("td_open") == 2
    assert "link_open" not in {token.type for token in tokens(markdown)}


@pytest.mark.parametrize("text", [*TRAPS, "`", "````", "~~~"])
def test_code_is_code(text: str) -> None:
    (fence,) = PARSER.parse(fenced(text, "sh"))
    assert fence.type == "fence" and fence.content.rstrip("\n") == re.sub(r"\r\n?", "\n", text).replace(
        "\0", "\ufffd"
    ).rstrip("\n")
    assert [token.type for token in tokens(code_markdown(text))].count("code_inline") == 1


@pytest.mark.parametrize("name", [name for name in WRITTEN if name.endswith("md")])
def test_only_own_links_and_no_html(name: str) -> None:
    for token in tokens(WRITTEN[name]):
        if token.type == "link_open":
            assert token.attrs["href"] in WRITTEN
        assert token.type not in ("html_block", "image")
        assert token.type != "html_inline" or token.content in ("<span>", "</span>")


@pytest.mark.parametrize("name", [name for name in WRITTEN if name.endswith("md")])
def test_formulas_are_whole(name: str) -> None:
    for token in tokens(WRITTEN[name]):
        if token.type == "fence" and token.info == "math":
            assert token.content.count("{") == token.content.count("}")
            assert not re.search(r"\\(hl|cancel|operatorname|htmlClass)\b", token.content)
    inline = re.findall(r"\$`([^`]*)`\$", WRITTEN[name])
    assert all("|" not in formula for formula in inline)


def test_formulas() -> None:
    assert inline_markdown(r"\hl{y_{i}}^{2} + \cancel{a}") == "$`{y_{i}}^{2} + {a}`$"
    assert inline_markdown(r"|x| < 1") == r"$`\vert x\vert  < 1`$"
    assert math_markdown(r"\operatorname{diag}\left(y\right)") == r"\mathrm{diag}\left(y\right)"
    assert math_markdown(r"\hl{\{a\}}") == r"{\{a\}}"
    assert block_markdown(r"a \\ b") == "```math\na \\\\ b\n```"
    assert inline_markdown(r"\input{x}") == r"`\input{x}`"
    assert block_markdown(r"\input{x}") == "```\n\\input{x}\n```"
    assert chain_markdown("a", [(1, r"= \input{x}")]) == "```\na\n(1) = \\input{x}\n```"


def test_prose() -> None:
    assert prose_markdown("The $y_i$ of *all*") == r"The $`y_i`$ of \*all\*"
    assert prose_markdown("1. of $y_i$ all") == r"1\. of $`y_i`$ all"
    assert prose_markdown("$y_i$ first") == "$`y_i`$ first"
    assert prose_markdown("") == ""


def test_files_beside_a_page() -> None:
    assert beside("a.html", "md") == "a.md"
    assert beside("", "md") == ""
