"""Checks a PDF against PDF/UA-1 (ISO 14289-1, what a machine can check of it) and PDF/A-3u
(ISO 19005-3).

What this checker cannot read counts as a problem: it never says that a file keeps a standard which
it did not check. `python -m chalicelib.pdfcheck.check FILE` prints what it finds.
"""

import sys
from collections.abc import Iterator
from itertools import islice

import pikepdf
from pikepdf import Pdf

from chalicelib.packet.metadata import PDF_A, PDF_UA
from chalicelib.pdfcheck.archive import archive
from chalicelib.pdfcheck.content import read_contents
from chalicelib.pdfcheck.files import catalogue, colours, metadata
from chalicelib.pdfcheck.fonts import fonts
from chalicelib.pdfcheck.notes import notes
from chalicelib.pdfcheck.tags import tags
from chalicelib.pdfcheck.tree import agreement, read_tree
from chalicelib.pdfcheck.words import Problem

MOST = 50
_BOTH = (PDF_UA, PDF_A)


def problems(pdf: Pdf, standards: tuple[str, ...] = _BOTH) -> list[str]:
    """What keeps a file from the standards, in words, with clause, page and object. No more than
    50 are listed; the list is empty for a file that keeps them.
    """
    found = (problem for problem in _problems(pdf) if standards_of(problem) & set(standards))
    said = dict.fromkeys(problem.said(standards) for problem in islice(found, 10 * MOST))
    return list(said)[:MOST]


def kept(pdf: Pdf) -> tuple[str, ...]:
    """The standards that a file keeps."""
    left = set(_BOTH)
    for problem in _problems(pdf):
        left -= standards_of(problem)
        if not left:
            break
    return tuple(name for name in _BOTH if name in left)


def standards_of(problem: Problem) -> set[str]:
    """The standards that a problem is one of."""
    return set(problem.clauses)


def _problems(pdf: Pdf) -> Iterator[Problem]:
    try:
        yield from catalogue(pdf)
        yield from metadata(pdf)
        tree = read_tree(pdf)
        yield from tree.problems
        yield from tags(tree)
        yield from notes(pdf, tree)
        contents = read_contents(pdf)
        yield from contents.problems
        yield from agreement(tree, contents)
        yield from fonts(contents)
        yield from colours(pdf, contents)
        yield from archive(pdf)
    except (
        pikepdf.PdfError, ArithmeticError, AttributeError, LookupError, RecursionError,
        TypeError, ValueError,
    ) as error:  # fmt: skip
        # Any object may be of any kind in a file that others made.
        yield Problem(f"it cannot be checked ({type(error).__name__}: {error})", "7.1", "6.1.1")


def main() -> int:
    """Print what is found in a file: 0 if nothing is."""
    if len(sys.argv) != 2:
        sys.stderr.write("usage: script/check-pdf FILE\n")
        return 2
    try:
        with pikepdf.open(sys.argv[1]) as pdf:
            found = problems(pdf)
    except (pikepdf.PdfError, OSError) as error:
        sys.stderr.write(f"check-pdf: {error}\n")
        return 2
    sys.stdout.writelines(f"{line}\n" for line in found)
    if len(found) == MOST:
        sys.stdout.write(f"These are the first {MOST}; there may be more.\n")
    if not found:
        sys.stdout.write(f"No problem found: it keeps {' and '.join(_BOTH)}.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
