"""One derivation of a run → its page and its files: a function of one value, which another process can take over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from derive.background import Background
from derive.certificates import certificates_of
from derive.derivation import Derivation, Overflow, Pitfall
from derive.proof import Proof, primary

from .articles import markdown_page, tex_page, tex_slides
from .background import context
from .exercises import Posed, exercises, posed
from .exported import Code
from .index import deck, links
from .language import current, written_in
from .markdown import beside
from .page import Link, Page, outline, page
from .pictures import proved_derivations
from .related import Related, related
from .render import html_page
from .training import behind, training


@dataclass(frozen=True, slots=True)
class Asked:
    """A proof, and what its page needs to know of the others."""

    proof: Proof
    titles: Mapping[str, Link]
    """Its own page and those that it names."""
    known: Mapping[str, Derivation]
    """The proved derivations that it cites."""
    behind: Mapping[str, Derivation]
    """Those on which the function rests that trains with it."""
    related: Related | None
    family: Background | None
    """What stands behind all of its family."""
    posed: Posed | None
    code: Code
    before: Link | None
    after: Link | None
    formats: tuple[str, ...]
    command: str
    version: str
    spoken: str
    """The language, which another process has to be told."""
    certify: bool
    """Whether its certificates are wanted as well; if not, the page takes it that they are there."""
    whole: bool
    """Whether all of its page is wanted as values, or what the index shows of it.

    One document of all has the background of a family where the family begins.
    """


@dataclass(frozen=True, slots=True)
class Written:
    """A page as values, and as files; certificates are among them."""

    page: Page
    files: Mapping[str, str]


def written(asked: Asked) -> Written:
    """The page of one proof, and its files by name."""
    with written_in(asked.spoken):
        return _written(asked)


def _written(asked: Asked) -> Written:
    found = certificates_of(primary(asked.proof)) if asked.certify else []
    files = {f"certificates/{certificate.file}": certificate.text for certificate in found if certificate.text}
    certified = frozenset(files) if asked.certify else None
    one = replace(page(asked.proof, asked.titles, certified, asked.known, asked.code), related=asked.related)
    own = asked.proof.derivation.background if asked.proof.derivation is not None else None
    one = replace(one, background=context(own, asked.family))
    one = replace(one, exercises=exercises(asked.proof, one.in_numbers, asked.posed))
    one = replace(one, training=training(asked.proof, one.exported, asked.behind, asked.code))
    if "html" in asked.formats:
        files[one.href] = html_page(one, asked.command, asked.version, asked.before, asked.after, asked.titles)
    if "tex" in asked.formats:
        files[beside(one.href, "tex")] = tex_page(one, asked.command, asked.version)
    if "slides" in asked.formats:
        files[deck(one.href)] = tex_slides(one, asked.command, asked.version)
    if "md" in asked.formats:
        files[beside(one.href, "md")] = markdown_page(one, asked.command, asked.version)
    return Written(replace(one, background=context(own)) if asked.whole else outline(one), files)


def asked_pages(
    proofs: Sequence[Proof],
    code: Code,
    formats: Collection[str],
    command: str,
    version: str,
    certify: bool = False,
    whole: bool = False,
    backgrounds: Mapping[str, Background] = {},
    module_proofs: Sequence[Proof] = (),
) -> list[Asked]:
    """What is asked of each proof of a run, each with no more of the others than it names."""
    titles, known = links(proofs), proved_derivations(proofs)
    of_module = proved_derivations([one for one in module_proofs if not primary(one).sizes])  # for all sizes
    near = related(proofs, titles)
    questions = posed(proofs, titles, near)
    order = [None, *(titles[proof.name] for proof in proofs), None]
    return [
        Asked(
            proof=proof,
            titles={name: titles[name] for name in (*named, *resting) if name in titles},
            known={name: known[name] for name in named if name in known},
            behind={name: of_module[name] for name in resting if name in of_module},
            related=near.get(proof.name),
            family=backgrounds.get(proof.name),
            posed=questions.get(proof.name),
            code=code.about(proof.name),
            before=before,
            after=after,
            formats=tuple(formats),
            command=command,
            version=version,
            spoken=current(),
            certify=certify,
            whole=whole,
        )
        for proof, before, after in zip(proofs, order[:-2], order[2:], strict=True)
        for named, resting in [(_named(proof), behind(proof))]
    ]


def _named(proof: Proof) -> list[str]:
    """The proof itself, what its steps cite, and what is right instead of it."""
    cited = [step.by.name for step in proof.derivation.steps] if proof.derivation is not None else []
    instead = [proof.entry.instead] if isinstance(proof.entry, Pitfall | Overflow) else []
    return list(dict.fromkeys([proof.name, *cited, *instead]))
