"""Cookies: named for this host alone, and checked before they are sent."""

from chalicelib.config import settings


def cookie_name(name: str) -> str:
    """The `__Host-` prefix ties a cookie to this host and to TLS, which local use lacks."""
    return f"gs_{name}" if settings().local else f"__Host-gs_{name}"


def set_cookie(name: str, value: str, seconds: int | None = None) -> str:
    """A Set-Cookie header. Raises ValueError for a value that would break out of it."""
    if any(c in value for c in '\r\n;," \\'):
        raise ValueError("unsafe cookie value")
    parts = [f"{cookie_name(name)}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if seconds is not None:
        parts.append(f"Max-Age={seconds}")
    if not settings().local:
        parts.append("Secure")
    return "; ".join(parts)


def read_cookies(header: str) -> dict[str, str]:
    # Not http.cookies: it stops at the first cookie that it dislikes, whoever set it.
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return {name: value for name, _, value in pairs}
