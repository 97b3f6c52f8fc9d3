"""Where an uploaded page comes to lie on a packet's paper: the arithmetic of its boxes."""

from dataclasses import dataclass
from typing import Any

from pikepdf import Name, Page

# What header and footer take, in points.
_TOP, _BOTTOM, _SIDE = 54.0, 48.0, 18.0
PAPER = {"Letter": (612.0, 792.0), "A4": (595.28, 841.89)}


@dataclass(frozen=True)
class Placed:
    """A page of so many points, and the matrix that puts an uploaded page onto it, turned as a
    reader sees it and made smaller where header and footer need the room.
    """

    width: float
    height: float
    box: tuple[float, float, float, float]
    matrix: tuple[float, float, float, float, float, float]

    @property
    def landscape(self) -> bool:
        """Whether the page is wider than high."""
        return self.width > self.height

    @property
    def opening(self) -> str:
        """The operators that begin what the uploaded page draws; `Q` ends it."""
        x0, y0, x1, y1 = self.box
        numbers = " ".join(f"{n:.5f}" for n in self.matrix)
        return f"q {numbers} cm {x0:g} {y0:g} {x1 - x0:g} {y1 - y0:g} re W n"

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the uploaded page is now."""
        a, b, c, d, e, f = self.matrix
        return a * x + c * y + e, b * x + d * y + f

    def rectangle(self, corners: Any) -> list[float]:
        """A rectangle of the uploaded page as it lies now: left, bottom, right, top."""
        x0, y0, x1, y1 = (float(n) for n in corners)
        spots = [self.point(x0, y0), self.point(x1, y1)]
        xs, ys = zip(*spots, strict=True)
        return [min(xs), min(ys), max(xs), max(ys)]


def placed(page: Page, page_size: str) -> Placed:
    """How a page is put onto the paper."""
    box = _box(page)
    x0, y0, x1, y1 = box
    turned = int(_inherited(page, Name.Rotate, 0)) % 360
    unit = float(page.obj.get(Name.UserUnit, 1))
    turns = {
        0: (1, 0, 0, 1, -x0, -y0),
        90: (0, -1, 1, 0, -y0, x1),
        180: (-1, 0, 0, -1, x1, y1),
        270: (0, 1, -1, 0, y1, -x0),
    }
    turn = turns.get(turned, turns[0])
    wide, high = (x1 - x0) * unit, (y1 - y0) * unit
    if turned in (90, 270):
        wide, high = high, wide
    width, height = PAPER[page_size]
    if wide > high:
        width, height = height, width
    room, rise = width - 2 * _SIDE, height - _TOP - _BOTTOM
    scale = min(room / wide, rise / high, 1.0)
    left = (width - wide * scale) / 2
    low = _BOTTOM + (rise - high * scale) / 2
    a, b, c, d, e, f = (n * scale * unit for n in turn)
    return Placed(width, height, box, (a, b, c, d, e + left, f + low))


def _box(page: Page) -> tuple[float, float, float, float]:
    """What of a page a reader sees. A box without room is taken for the whole of a Letter page."""
    media, crop = [float(n) for n in page.mediabox], [float(n) for n in page.cropbox]
    x0, x1 = sorted(media[::2])
    y0, y1 = sorted(media[1::2])
    left, right = sorted(crop[::2])
    low, high = sorted(crop[1::2])
    x0, y0, x1, y1 = max(x0, left), max(y0, low), min(x1, right), min(y1, high)
    if x1 - x0 < 1 or y1 - y0 < 1:
        return 0.0, 0.0, 612.0, 792.0
    return x0, y0, x1, y1


def _inherited(page: Page, name: Name, default: Any) -> Any:
    here: Any = page.obj
    depth = 0
    while here is not None and depth < 50:
        if name in here:
            return here[name]
        here, depth = here.get(Name.Parent), depth + 1
    return default
