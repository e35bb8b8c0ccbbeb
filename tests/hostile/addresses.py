"""Roads to addresses that nobody may reach: redirects in every spelling, refreshes, links, headers."""

from __future__ import annotations

from urllib.parse import urlsplit

from tests.hostile.platforms import item, rss
from tests.hostile.server import End, Exchange, behaviour

REFUSED = End("refused", "redirects to another address")
OTHER = End("error", "HTTP 302")
CIRCLE = End("error", "redirects in circles")

SPELLINGS = {
    "decimal": "http://2130706433:{port}/",
    "hexadecimal": "http://0x7f000001:{port}/",
    "octal": "http://0177.0.0.1:{port}/",
    "short": "http://127.1:{port}/",
    "zero": "http://0:{port}/",
    "all zeros": "http://0.0.0.0:{port}/",
    "IPv6 loopback": "http://[::1]:{port}/",
    "IPv4 in IPv6": "http://[::ffff:127.0.0.1]:{port}/",
    "full width": "http://１２７.０.０.１:{port}/",
    "circled digits": "http://①②⑦.⓪.⓪.①:{port}/",
    "a name": "http://localhost:{port}/",
    "a name with a dot": "http://localhost.:{port}/",
    "a name in capitals": "http://LOCALHOST:{port}/",
    "a sub-name": "http://a.localhost:{port}/",
    "a password": "http://user:secret@127.0.0.1:{port}/",
    "no scheme": "//127.0.0.1:{port}/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "metadata by IPv6": "http://[fd00:ec2::254]/latest/meta-data/",
    "old site-local": "http://[fec0::1]/",
    "own port 80": "http://127.0.0.1/",
    "decimal, port 80": "http://2130706433/",
    "IPv6, port 80": "http://[::ffff:7f00:1]/",
    "NAT64": "http://[64:ff9b::7f00:1]/",
    "onion": "http://duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion/",
    "local": "http://printer.local/",
    "mail port": "http://127.0.0.1:25/",
}
UNREADABLE = {
    "javascript": "javascript:alert(1)",
    "half an address": "http://[half",
    "a port that is none": "http://127.0.0.1:99999/",
}
HANDED_OVER = {
    "file": "file:///etc/passwd",
    "ftp": "ftp://127.0.0.1:{port}/",
    "data": "data:text/plain,hello",
    "gopher": "gopher://127.0.0.1:{port}/_x",
}


def _redirect(name: str, target: str, end: End) -> None:
    @behaviour(f"redirect to {name}", both=end)
    async def answer(x: Exchange) -> None:
        location = target.format(port=urlsplit(x.canary).port)
        await x.answer(b"", 302, Location=location.encode().decode("utf-8", "surrogateescape"))


for _name, _target in SPELLINGS.items():
    _redirect(_name, _target, REFUSED)
for _name, _target in HANDED_OVER.items():
    _redirect(_name, _target, OTHER)
for _name, _target in UNREADABLE.items():
    _redirect(_name, _target, End("error", "redirects to an address that cannot be read"))
_redirect("a backslash", "http://h.invalid\\@127.0.0.1:{port}/", End("error", "is not a name that is found"))


@behaviour("redirect to the canary", both=REFUSED)
async def canary(x: Exchange) -> None:
    await x.redirect(f"{x.canary}/secret")


@behaviour("permanent redirect to the canary", both=REFUSED)
async def permanent(x: Exchange) -> None:
    """It must not become the address of the next crawl either."""
    await x.redirect(f"{x.canary}/secret", 308)


@behaviour("chain to the canary", both=REFUSED)
async def chain(x: Exchange) -> None:
    """Three harmless steps first."""
    step = int(x.path.rpartition("=")[2]) if "/more" in x.path else 0
    await x.redirect(f"/more?step={step + 1}" if step < 3 else x.canary)


@behaviour("circle", both=CIRCLE)
async def circle(x: Exchange) -> None:
    await x.redirect(x.path)


@behaviour("long chain", both=CIRCLE)
async def long_chain(x: Exchange) -> None:
    """A new address each time."""
    step = int(x.path.rpartition("=")[2]) if "/more" in x.path else 0
    await x.redirect(f"/more?step={step + 1}")


@behaviour("to https and back", both=End("error", "does not speak https"))
async def https_and_back(x: Exchange) -> None:
    await x.redirect(f"{x.base.replace('http:', 'https:')}/more")


@behaviour("redirect without a place", both=OTHER)
async def no_place(x: Exchange) -> None:
    await x.answer(b"", 302)


@behaviour("redirect to nothing", both=CIRCLE)
async def empty_place(x: Exchange) -> None:
    """An empty Location is the same page again."""
    await x.answer(b"", 302, Location="")


@behaviour("redirect to a long address", both=End("error", "does not speak HTTP as it should"))
async def long_address(x: Exchange) -> None:
    await x.redirect(f"/more?{'x' * 2**20}")


@behaviour("meta refresh", feed=End("error", "HTML page"), mastodon=End("error", "HTML or XML"))
async def meta_refresh(x: Exchange) -> None:
    page = f'<html><head><meta http-equiv="refresh" content="0;url={x.canary}"></head></html>'
    await x.answer(page, Content_Type="text/html")


@behaviour("refresh header", both=End("ok", got=3))
async def refresh(x: Exchange) -> None:
    await x.answer(x.good, Refresh=f"0;url={x.canary}")


@behaviour("link header", both=End("ok", got=3))
async def link(x: Exchange) -> None:
    """The next page is elsewhere; so is everything else that a header may name."""
    named = ", ".join(
        f'<{x.canary}/{rel}>; rel="{rel}"' for rel in ("next", "prev", "preload", "hub", "self")
    )
    await x.answer(x.good, Link=named, Content_Location=x.canary, Alt_Svc='h2="127.0.0.1:1"; ma=9')


@behaviour("links in the feed", feed=End("ok", got=1))
async def feed_links(x: Exchange) -> None:
    """Stylesheets, hubs, images, enclosures: none of them is fetched."""
    inside = (
        f"<image><url>{x.canary}/i.png</url></image><docs>{x.canary}</docs><ttl>1</ttl>"
        f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="{x.canary}"/>'
        f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="{x.canary}"/>'
        f'<cloud domain="127.0.0.1" port="{urlsplit(x.canary).port}" path="/" protocol="http-post"/>'
    )
    first = item(1, link=f"{x.canary}/1", description=f'&lt;img src="{x.canary}/pixel.png"&gt; tea')
    style = f'<?xml-stylesheet href="{x.canary}/s.xsl" type="text/xsl"?>'
    await x.answer(rss(first, before=style, inside=inside))
