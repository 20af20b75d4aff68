"""Reports in another language: catalogues are complete, formulas stay, and no English word is forgotten."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html import unescape

import pytest
from typer.testing import CliRunner

from derive.catalog import backgrounds, entries
from derive.cli import app, general_module, module_proofs
from derive.proof import Proof, prove, with_general
from derive.report import LANGUAGES, language, report_files
from derive.report.language import Domain, closed_up, gettext, messages, ngettext, prose, sentences, written_in
from derive.report.map_picture import span, wrapped
from derive.report.reasons import _patterns, rule_name, told
from derive.run import Question, answer
from derive.tables import proved_entries

from .messages import DOMAINS, NOT_WORDS, OTHERS, extracted, read, reason_messages
from .report_samples import PROOFS, deep_delta
from .test_report import files

CATALOGUES = [(name, domain) for name in OTHERS for domain in DOMAINS]
HAN = "[\u4e00-\u9fff]"

# ------------------------------------------------------------------ the catalogues


@pytest.mark.parametrize(("name", "domain"), CATALOGUES)
def test_catalogues_are_complete(name: str, domain: Domain) -> None:
    """Else `python -m tests.messages` brings them up to date, and what is empty wants a translation."""
    kept, wanted = read(name, domain), extracted(domain)
    assert {(one.context, one.id) for one in kept} == {(one.context, one.id) for one in wanted}
    assert not kept.obsolete
    for one in kept:
        strings = one.string if isinstance(one.string, tuple) else (one.string,)
        assert not one.id or (all(strings) and not one.fuzzy), one.id


def pairs(name: str, domain: Domain) -> Iterator[tuple[str, str]]:
    """What is said in English for many, and what is said instead."""
    for one in read(name, domain):
        if one.id:
            many = one.id if isinstance(one.id, str) else list(one.id)[-1]
            yield many, one.string if isinstance(one.string, str) else next(iter(one.string or ("",)))


@pytest.mark.parametrize(("name", "domain"), CATALOGUES)
def test_formulas_code_places_and_tags_stay_as_they_are(name: str, domain: Domain) -> None:
    found = r"%\(\w+\)s|\{\w+\}|<[^>]+>" if domain == "report" else r"%\(\w+\)s"
    for english, other in pairs(name, domain):
        assert Counter(NOT_WORDS.findall(english)) == Counter(NOT_WORDS.findall(other)), english
        if domain == "reasons":  # a pattern may name one thing twice
            assert set(re.findall(found, english)) == set(re.findall(found, other)), english
        elif domain == "report":
            assert Counter(re.findall(found, english)) == Counter(re.findall(found, other)), english


@pytest.mark.parametrize("domain", DOMAINS)
def test_chinese_is_set_with_its_own_punctuation(domain: Domain) -> None:
    for english, chinese in pairs("zh", domain):
        bare = NOT_WORDS.sub("x", chinese)
        assert not re.search(rf"{HAN} ?[,;:?!]|[,;:?!] ?{HAN}", bare), chinese
        assert not re.search(r"\S[ ]+[，。：；、）]|[，。：；、（][ ]+\S", bare), chinese
        assert not re.search(rf"{HAN}[ ]+{HAN}", bare), chinese
        assert english.endswith(".") == chinese.endswith("。") or domain != "catalog", chinese


def test_nobody_waits_for_babel_but_those_who_ask_for_another_language() -> None:
    program = (
        "import sys; from tests.test_report import files; files(); assert 'babel' not in sys.modules; "
        "files(spoken='zh'); assert 'babel' in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# ------------------------------------------------------------------ what is said


def test_the_language_lasts_as_long_as_the_report() -> None:
    with written_in("zh"):
        assert language.current() == "zh" and gettext("Result") == "结果"
        assert ngettext("%(n)s step", "%(n)s steps", 1) == "1 步"
    assert language.current() == "en" and gettext("Result") == "Result"
    assert ngettext("%(n)s step", "%(n)s steps", 1) == "1 step"


def test_a_persons_own_words_stay() -> None:
    with written_in("zh"):
        assert prose("My own title, $x$") == "My own title, $x$"
        assert prose("我的推导") == "我的推导"
        assert rule_name("definition of $y$") == "$y$ 的定义" and rule_name("my rule") == "my rule"


def test_reasons_are_found_again_with_what_was_put_in() -> None:
    with written_in("zh"):
        assert told("a product has more than 7 terms") == "乘积超过 7 项"
        assert told("64 random points, seed 7") == "64 个随机点，种子 7"
        assert told("nested too deeply; an interval is too wide") == "嵌套太深；区间太宽"
        assert told("cannot be read: nested too deeply") == "无法解读：嵌套太深"
        assert told("what nobody has said before") == "what nobody has said before"
        refusal = (
            "p, line 1: index k is summed in Sum(k, t[k]) and free elsewhere in D(L, y[k]); give the sum a letter "
        )
        assert told(refusal + "of its own, such as i").startswith("p 第 1 行：下标 k 在 Sum(k, t[k]) 中被求和")
    assert told("nested too deeply") == "nested too deeply" and told("") == ""


def test_chinese_has_no_blanks_of_its_own() -> None:
    with written_in("zh"):
        assert sentences("一。", "", "二。") == "一。二。"
        assert closed_up("已证明。\n  另一行 ，<pre>一。 二</pre>") == "已证明。另一行，<pre>一。 二</pre>"
        assert closed_up("取<math><mi>x</mi></math>时") == "取 <math><mi>x</mi></math> 时"
        assert closed_up("取 <math><mi>x</mi></math>。") == '取 <span class="kept"><math><mi>x</mi></math>。</span>'
    assert closed_up("One. \n Two ，") == "One. \n Two ，"
    assert wrapped("一二三四五 abc", 6) == ("一二三", "四五", "abc") and span("一a") == 3


def test_pages_say_which_language_they_are_in() -> None:
    for spoken, tag in LANGUAGES.items():
        written = files(spoken=spoken)
        assert all(f'<html lang="{tag}">' in text for name, text in written.items() if name.endswith("html"))
        assert all(len(text.encode()) < 400_000 for text in written.values())
        assert written["derive.json"] == files()["derive.json"] and set(written) == set(files())


def test_the_command_line_knows_the_languages() -> None:
    result = CliRunner().invoke(app, ["report", "softmax-sum", "--lang", "tlh"])
    assert result.exit_code == 2 and "en or zh" in result.output


# ------------------------------------------------------------------ nothing is forgotten

OPEN, CLOSE = "⟦", "⟧"
CHOSEN = (
    "softmax-jacobian softmax-cross-entropy-gradient sigmoid-derivative softmax-sum softmax-two-classes "
    "pitfall-summed-gradient pitfall-shift-by-maximum pitfall-jacobian-last-row-sign"
).split()
UNREAL = ("hostile", "open-question", "deep-delta")
"""Samples whose titles or reasons nobody says."""
NAMES = frozenset(
    (
        "derive SymPy NumPy LaTeX Python JSON ULP Tab Escape ms softmax sigmoid float ln "
        "JavaScript Fortran MATLAB Octave"
    ).split()
)
"""What is called so in every language."""


class Marked(dict[tuple[str, str], str]):
    """A catalogue that has everything, between brackets."""

    def get(self, key: object, default: object = None) -> str:
        return f"{OPEN}{default}{CLOSE}" if default else ""


def marked(name: str, domain: Domain) -> Marked:
    """The pseudo-language: what is not said by way of a catalogue stands outside of brackets."""
    found = Marked()
    if domain == "reasons":
        found |= {("", str(one.id)): f"{OPEN}{one.id}{CLOSE}" for one in reason_messages() if one.id}
    return found


@cache
def proofs() -> tuple[Proof, ...]:
    known = entries()
    real = [answer(Question(name, known[name], 3, numeric=True)) for name in CHOSEN]
    samples = (one for one in PROOFS if one.name not in UNREAL)
    bare = [replace(one, numeric=(), opinion=None, refusal="") for one in samples]  # what they make up there
    return (*bare, with_general(prove(deep_delta, 3)), *real)


@pytest.fixture(scope="module")
def pseudo() -> dict[str, str]:
    """A report in the pseudo-language, which is there while it is written and no longer."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        return in_brackets(monkeypatch)


def in_brackets(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    plain = messages
    monkeypatch.setitem(LANGUAGES, "xx", "xx")
    monkeypatch.setattr(
        language, "messages", lambda name, domain: marked(name, domain) if name == "xx" else plain(name, domain)
    )
    monkeypatch.setattr("derive.report.reasons.messages", marked)
    _patterns.cache_clear()
    found: dict[str, str] = {}
    for one_article in (False, True):
        found |= dict(
            report_files(
                proofs(),
                scope="K=3",
                command="derive report",
                version="0.1.0",
                module_source=general_module(module_proofs(3, proofs())),
                document={},
                families={"Some": CHOSEN[:3]},
                backgrounds=backgrounds(),
                certify=True,
                formats=("html", "tex", "md", "slides"),
                one_article=one_article,
                proved=proved_entries(proofs()),
                times=True,
                spoken="xx",
            )
        )
    _patterns.cache_clear()
    return found


def test_no_word_of_a_page_is_left_in_english(pseudo: dict[str, str]) -> None:
    left = {name: words(visible_html(text)) for name, text in pseudo.items() if name.endswith(".html")}
    assert len(left) > len(CHOSEN) and not {name: found for name, found in left.items() if found}


def test_no_word_of_markdown_is_left_in_english(pseudo: dict[str, str]) -> None:
    left = {name: words(visible_markdown(text)) for name, text in pseudo.items() if name.endswith(".md")}
    assert len(left) > len(CHOSEN) and not {name: found for name, found in left.items() if found}


def test_no_word_of_an_article_is_left_in_english(pseudo: dict[str, str]) -> None:
    left = {name: words(visible_tex(text)) for name, text in pseudo.items() if name.endswith(".tex")}
    assert "report.tex" in left and not {name: found for name, found in left.items() if found}


def words(text: str) -> list[str]:
    """The words outside of all brackets that are no names."""
    named = " ".join([*(f"{one.name} {one.entry.title}" for one in proofs()), *works()])
    own = set(re.findall(r"[^\W\d_]+", named)) | set(re.findall(r"[A-Za-z]+", named))
    bare = re.sub(r"[\w.]+(?:[-_/.][\w.]+)+", " ", outside(text))  # names of derivations, files and functions
    return [word for word in re.findall(r"[A-Za-z]{2,}", bare) if word not in NAMES and word not in own]


@cache
def works() -> tuple[str, ...]:
    """Authors, titles and venues, which are the same in every language."""
    own = [one.derivation.background for one in proofs() if one.derivation is not None]
    told = [one for one in (*backgrounds().values(), *own) if one is not None]
    return tuple({f"{source.author} {source.title} {source.venue}": None for one in told for source in one.sources})


def outside(text: str) -> str:
    """What stands in no bracket; one that was cut off, as a title on the map may be, ends with its piece of text."""
    kept, depth = [], 0
    for character in text:
        if character == "\0":
            depth = 0
        depth += character == OPEN
        if not depth:
            kept.append(character)
        depth -= character == CLOSE and depth > 0
    return "".join(kept)


def visible_html(page: str) -> str:
    """What is seen or read aloud of a page: text, labels and titles, without code, formulas and names."""
    body = re.sub(r"<!doctype.*?<title>", "<title>", page, flags=re.DOTALL)
    body = re.sub(r"<tspan class=\"written\">.*?</tspan>", " ", body)  # Python on the map
    silent = (
        r"<(style|script|math|code|pre|kbd)\b.*?</\1>|<span class=\"name\">[\w-]+"
        r"| data-(?:copy|formulas|source)=(\"[^\"]*\"|'[^']*')"
    )
    body = re.sub(silent, " ", body, flags=re.DOTALL)
    labels = re.findall(
        r"(?:aria-label|title|placeholder|alt|data-(?:one|some|none|copied|expand|formula))=\"([^\"]*)\"", body
    )
    body = re.sub(
        r"<svg class=\"(?:map|strip).*?</svg>", lambda svg: re.sub(r"</\w+>", "\0", svg[0]), body, flags=re.DOTALL
    )
    body = re.sub(r"</(?:p|li|dd|dt|h1|h2|h3|td|th|title|figcaption)>", "\0", body)
    return unescape("\0".join([re.sub(r"<[^>]*>", " ", body), *labels]))


def visible_markdown(text: str) -> str:
    """Markdown without code, formulas and the targets of links."""
    bare = re.sub(r"```.*?```|\$`.*?`\$|`[^`]*`|\]\([^)]*\)", " ", text, flags=re.DOTALL)
    return bare.replace("\n", "\0")


ARGUMENTS = (
    "piece texttt hyperlink textcolor color parbox fit begin end multicolumn addcontentsline stepcounter rule vspace "
    "linekey markkey colourkey aside"
)
"""The commands whose first argument is not read."""


def visible_tex(article: str) -> str:
    """What an article shows, without commands, formulas and code."""
    text = article[article.index(r"\begin{document}") :]
    text = (
        text.replace(r"\hrule height", " ")
        .replace("[allowframebreaks]", " ")
        .replace("{@{}ll@{}}", " ")
        .replace("{toc}{chapter}", " ")
    )
    text = text.replace(r"\texttt{U+27E6}", OPEN).replace(r"\texttt{U+27E7}", CLOSE)
    text = re.sub(r"(?m)^%.*$|\\begin\{tikzpicture\}.*?\\end\{tikzpicture\}", " ", text, flags=re.DOTALL)
    for command in ARGUMENTS.split():
        text = without(text, command)
    text = re.sub(r"(?<!\\)\$.*?(?<!\\)\$|\\[A-Za-z]+|\d[a-z]+|[\d.]+(?=\\)", " ", text, flags=re.DOTALL)
    return re.sub(r"\n\s*\n", "\0", text)


def without(text: str, command: str) -> str:
    """TeX without a command and its first argument."""
    while (start := text.find(rf"\{command}{{")) >= 0:
        end, depth = start + len(command) + 1, 0
        while True:
            depth += {"{": 1, "}": -1}.get(text[end], 0) * (text[end - 1] != "\\")
            end += 1
            if not depth:
                break
        text = f"{text[:start]} {text[end:]}"
    return text
