"""Which of a device's own colours a colour space comes down to.

Red, green and blue of no profile look otherwise on each device: an archive asks for a profile.
"""

from typing import Any

from pikepdf import Array, Dictionary, Name, Stream

from chalicelib.pdfcheck.words import mapping

GRAY, RGB, CMYK, UNKNOWN = "DeviceGray", "DeviceRGB", "DeviceCMYK", "an unknown colour space"
_SHORT = {"/G": GRAY, "/RGB": RGB, "/CMYK": CMYK}
_DEVICE = {f"/{name}": name for name in (GRAY, RGB, CMYK)} | _SHORT
_PROFILED = {"/ICCBased", "/CalGray", "/CalRGB", "/Lab"}
_NONE: frozenset[str] = frozenset()


def devices(space: Any, resources: Any, depth: int = 0) -> frozenset[str]:
    """The device colour spaces that one is, or is painted with where its inks are not there."""
    if depth > 8:
        return frozenset({UNKNOWN})
    if isinstance(space, Array) and len(space):
        return _of_array(space, resources, depth)
    if isinstance(space, Name):
        name = str(space)
        named = mapping(mapping(resources).get(Name.ColorSpace))
        if name in _DEVICE:
            # A page may say what its device colours mean.
            default = named.get(Name(f"/Default{_DEVICE[name].removeprefix('Device')}"))
            return _NONE if default is not None else frozenset({_DEVICE[name]})
        if name == "/Pattern":
            return _NONE
        if name in named:
            return devices(named[name], resources, depth + 1)
    return frozenset({UNKNOWN})


def _of_array(space: Array, resources: Any, depth: int) -> frozenset[str]:
    head = str(space[0])
    if head in _PROFILED:
        return _NONE
    if head in ("/Indexed", "/I", "/Pattern") and len(space) > 1:
        return devices(space[1], resources, depth + 1)
    if head in ("/Separation", "/DeviceN") and len(space) > 2:
        return devices(space[2], resources, depth + 1)
    return devices(space[0], resources, depth + 1)


def of_picture(picture: Any, resources: Any) -> frozenset[str]:
    """The device colours of a picture. A stencil has none of its own, and JPEG 2000 may have them
    in itself.
    """
    if picture.get(Name.ImageMask) or picture.get(Name.IM):
        return _NONE
    space = picture.get(Name.ColorSpace, picture.get(Name.CS))
    return frozenset({UNKNOWN}) if space is None else devices(space, resources)


def of_shading(shading: Any, resources: Any) -> frozenset[str]:
    """The device colours of a shading."""
    if not isinstance(shading, (Dictionary, Stream)):
        return frozenset({UNKNOWN})
    return devices(shading.get(Name.ColorSpace), resources)
