"""How a measurement prints: a table for people, or one flat JSON object on the last line."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path


def table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: int, *, markdown: bool = False
) -> None:
    """Prints rows under their heads; `numbers` columns after the first stand to the right."""
    lines = [list(heads), *map(list, rows)]
    if markdown:
        marks = ["---:" if 0 < column <= numbers else "---" for column in range(len(heads))]
        for line in (lines[0], marks, *lines[1:]):
            print(f"| {' | '.join(line)} |")
        return
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    for line in lines:
        cells = [
            cell.rjust(widths[column]) if 0 < column <= numbers else cell.ljust(widths[column])
            for column, cell in enumerate(line)
        ]
        print("  ".join(cells).rstrip())


def number(value: float) -> str:
    """Without a fraction where there is none."""
    return f"{value:g}"


def last_line(figures: Mapping[str, float]) -> None:
    """Prints the flat object that other programs read. Raises TypeError for anything nested."""
    for name, value in figures.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TypeError(f"{name} is not a number: {value!r}")
    print(json.dumps(figures), flush=True)


def into_docs(path: Path, text: str, name: str = "figures") -> None:
    """Puts text between two marks of a document that have a name. Raises ValueError where it lacks
    them.
    """
    first, last = (f"<!-- {name}: {edge} -->\n" for edge in ("begin", "end"))
    before, begin, rest = path.read_text("utf-8").partition(first)
    _, end, after = rest.partition(last)
    if not (begin and end):
        raise ValueError(f"{path} has no marks for {name}.")
    path.write_text(f"{before}{begin}\n{text.strip()}\n\n{end}{after}", "utf-8")
