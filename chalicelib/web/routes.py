"""Every page and form of the site, found in the modules that hold them."""

from chalice import Blueprint

from chalicelib import web
from chalicelib.discovery import modules_below
from chalicelib.web.guard import Pages

# The inbox of somebody's own machine. Never in a deployed function, whatever its stage says.
LOCAL_ONLY = "chalicelib.web.outbox.mailbox"


def blueprints(local: bool) -> list[Blueprint]:
    """The blueprint of each module that has pages; those of a local server only where it is one."""

    def wanted(name: str) -> bool:
        # What the API answers is loaded at its first request: pages do without it.
        api = name.startswith("chalicelib.web.api.") or name.endswith(".api")
        return (local or name != LOCAL_ONLY) and (name.endswith(".entrance") or not api)

    modules = modules_below(web, wanted)
    held = [getattr(module, "pages", None) for module in modules]
    return [pages.blueprint for pages in held if isinstance(pages, Pages)]
