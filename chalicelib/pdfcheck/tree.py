"""The structure tree of a PDF: its elements, and how they and what is drawn name each other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf

from chalicelib.packet.binding import tree_numbers
from chalicelib.pdfcheck.content import Contents
from chalicelib.pdfcheck.words import Key, Problem, key_of, mapping, number, several, text, thing

# The standard structure types of PDF 1.7 (ISO 32000-1, 14.8.4).
STANDARD = set(
    "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 "
    "H4 H5 H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry "
    "Code Link Annot Ruby RB RT RP Warichu WT WP Figure Formula Form".split()
)
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


@dataclass
class Element:
    """A structure element: its kind by the standard's names, what it holds, and where it is."""

    item: Any
    key: Key
    kind: str
    page: int
    parent: "Element | None"
    elements: list["Element"] = field(default_factory=list)
    marks: list[tuple[Key, int]] = field(default_factory=list)
    notes: list[Key] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What it is called in a problem."""
        return thing(self.kind, self.item)


@dataclass
class Tree:
    """The elements of a file in the order of reading, those by the key of their object, and the
    entries of the parent tree.
    """

    order: list[Element] = field(default_factory=list)
    by_key: dict[Key, Element] = field(default_factory=dict)
    numbers: dict[int, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_tree(pdf: Pdf) -> Tree:
    """The structure tree of a file. `problems` says where it is none."""
    tree = Tree()
    root = mapping(pdf.Root.get(Name.StructTreeRoot))
    if not root:
        tree.problems.append(Problem("it has no structure tree", ua="7.1"))
        return tree
    tree.numbers = dict(tree_numbers(root.get(Name.ParentTree)))
    pages = {key_of(page.obj): at for at, page in enumerate(pdf.pages, 1)}
    roles = mapping(root.get(Name.RoleMap))
    tree.problems += _roles(roles)
    _Walk(tree, pages, roles, root).run()
    return tree


def _roles(roles: Any) -> Iterator[Problem]:
    for name, target in roles.items():
        if name.removeprefix("/") in STANDARD:
            yield Problem(f"its role map gives {name} another meaning", ua="7.1")
        elif _kind(str(target), roles) == "":
            yield Problem(f"its role map leads {name} to no standard type", ua="7.1")


def _kind(name: str, roles: Any) -> str:
    """The standard type that a name comes down to; empty for none, also for a circle."""
    for _ in range(20):
        kind = name.removeprefix("/")
        if kind in STANDARD:
            return kind
        if name not in roles:
            return ""
        name = str(roles[name])
    return ""


class _Walk:
    def __init__(self, tree: Tree, pages: dict[Key, int], roles: Any, root: Any) -> None:
        self._tree, self._pages, self._roles, self._root = tree, pages, roles, root
        self._said: set[str] = set()

    def run(self) -> None:
        left: list[tuple[Any, Element | None, Any]] = [
            (kid, None, None) for kid in reversed(several(self._root.get(Name.K)))
        ]
        while left:
            item, parent, page = left.pop()
            if not isinstance(item, Dictionary):
                continue
            element = self._element(item, parent, page)
            if element is None:
                continue
            page = item.get(Name.Pg, page)
            below = [
                kid for kid in several(item.get(Name.K)) if not self._holds(element, kid, page)
            ]
            left += [(kid, element, page) for kid in reversed(below)]

    def _element(self, item: Any, parent: Element | None, page: Any) -> Element | None:
        say = self._tree.problems.append
        at = self._pages.get(key_of(item.get(Name.Pg, page)), 0)
        key = key_of(item)
        name = str(item.get(Name.S, ""))
        kind = _kind(name, self._roles)
        element = Element(item, key, kind or name.removeprefix("/"), at, parent)
        if key == (0, 0):
            say(Problem("it is no object of its own, so nothing can name it", "7.1", "", at, kind))
        elif key in self._tree.by_key:
            say(Problem("it stands twice in the structure tree", "7.1", "", at, element.name))
            return None
        if not kind and name not in self._said:
            self._said.add(name)
            say(Problem(f"{name or 'nothing'} is no standard type", "7.1", "", at, element.name))
        above = parent.item if parent else self._root
        if key_of(item.get(Name.P)) != key_of(above):
            say(Problem("it does not name the element above it", "7.1", "", at, element.name))
        if Name.Lang in item and not LANGUAGE.fullmatch(text(item.Lang)):
            say(Problem("its language is no language code", "7.2", "", at, element.name))
        self._tree.by_key[key] = element
        self._tree.order.append(element)
        if parent:
            parent.elements.append(element)
        return element

    def _holds(self, element: Element, kid: Any, page: Any) -> bool:
        """Whether a kid is content of the element itself; notes it there."""
        mcid = number(kid)
        if mcid >= 0:
            element.marks.append((key_of(page), mcid))
            return True
        kind = mapping(kid).get(Name.Type)
        if kind == Name.MCR:
            owner = kid.get(Name.Stm, kid.get(Name.Pg, page))
            element.marks.append((key_of(owner), number(kid.get(Name.MCID))))
        elif kind == Name.OBJR:
            element.notes.append(key_of(kid.get(Name.Obj)))
        return kind in (Name.MCR, Name.OBJR)


def agreement(tree: Tree, contents: Contents) -> Iterator[Problem]:
    """Where what is drawn and the tree do not lead to each other."""
    claimed: dict[tuple[Key, int], Element] = {}
    for element in tree.order:
        for mark in element.marks:
            if mark not in contents.marks:
                yield _of(element, f"its MCID {mark[1]} is on no page")
            elif mark in claimed:
                yield _of(element, f"its MCID {mark[1]} belongs to another element too")
            claimed.setdefault(mark, element)
    parents = {
        owner: _parents(tree, contents.owners[owner])
        for owner in {mark[0] for mark in contents.marks}
    }
    for (owner, mcid), page in contents.marks.items():
        keys = parents[owner]
        found = tree.by_key.get(keys[mcid]) if mcid < len(keys) else None
        if found is None:
            words = f"MCID {mcid} leads to no element of the structure tree"
            yield Problem(words, ua="7.1", page=page)
        elif claimed.get((owner, mcid)) is not found:
            yield Problem(f"it does not name MCID {mcid} back", "7.1", "", page, found.name)


def _of(element: Element, words: str) -> Problem:
    return Problem(words, "7.1", "", element.page, element.name)


def _parents(tree: Tree, owner: Any) -> list[Key]:
    """The elements of the tagged pieces of a page or form, by MCID."""
    found = tree.numbers.get(number(owner.get(Name.StructParents)))
    return [key_of(item) for item in found] if isinstance(found, Array) else []
