"""XML that is a weapon, and feeds that are only wrong."""

from __future__ import annotations

from tests.hostile.platforms import item, rss
from tests.hostile.server import End, Exchange, behaviour, says

ENTITIES = End("error", "declares entities")
BROKEN = End("error", "XML that cannot be read")

ATTRIBUTES = " ".join(f"a{n}='x'" for n in range(200_000))
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
says(
    "XML: billion laughs",
    rss(item(title="&a9;"), before=f'<!DOCTYPE rss [<!ENTITY a0 "ha">{LAUGHS}]>'),
    feed=ENTITIES,
)
says(
    "XML: quadratic",
    rss(item(title="&a;" * 20_000), before=f'<!DOCTYPE rss [<!ENTITY a "{"x" * 10_000}">]>'),
    feed=ENTITIES,
)
says(
    "XML: a file",
    rss(item(title="&f;"), before='<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>'),
    feed=ENTITIES,
)
says(
    "XML: entities in UTF-16",
    rss(item(title="&f;"), before='<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>')
    .replace("utf-8", "utf-16")
    .encode("utf-16"),
    feed=ENTITIES,
)
says(
    "XML: a text declaration of another encoding",
    rss(item()).replace("utf-8", "utf-7"),
    feed=End("ok", got=1),
)
says("XML: an encoding that is none", rss(item()).replace("utf-8", "klingon"), feed=End("partial", got=1))
says("XML: 5,000 deep", "<rss><channel>" + "<a>" * 5_000 + "</a>" * 5_000 + "</channel></rss>", feed=BROKEN)
says("XML: 100,000 deep", rss("<a>" * 100_000), feed=BROKEN)
says(
    "XML: an attribute of 11 MB", rss(item().replace("<item>", f'<item a="{"x" * 11_000_000}">')), feed=BROKEN
)
says(
    "XML: 200,000 attributes",
    rss(item().replace("<item>", f"<item {ATTRIBUTES}>")),
    feed=End("error", "attributes"),
)
says(
    "XML: 50,000 items",
    rss(*(item(n) for n in range(50_000))),
    feed=End("partial", "of which the first 10,000", got=10_000),
)
says(
    "XML: another root",
    "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
    feed=End("error", "no feed"),
)
says("XML: SOAP", "<soap:Envelope xmlns:soap='x'><soap:Body/></soap:Envelope>", feed=End("error", "no feed"))
says("XML: no items", rss(), feed=End("ok"))
says("XML: not closed", rss(item(), item(2))[:-30], feed=End("partial", "not well-formed", got=1))
says(
    "XML: CDATA not closed",
    rss(item(), "<item><title><![CDATA[ x </title></item>"),
    feed=End("partial", "not well-formed", got=1, letters=("without a title",)),
)
says("XML: a lone ampersand", rss(item(title="Tea & coffee")), feed=End("partial", "not well-formed", got=1))
says("XML: half surrogates", rss(item(title="&#xD800; tea &#xDFFF;")), feed=End("ok", got=1))
says("XML: forbidden numbers", rss(item(title="&#0; &#x1F; &#x110000; tea")), feed=End("partial", got=1))
says("XML: NUL", rss(item(title="te\x00a")), feed=End("partial", got=1))
says(
    "XML: bytes that are no UTF-8",
    rss(item(title="tea")).encode().replace(b"tea", b"t\xff\xfea"),
    feed=End("partial", got=1),
)
says("XML: a mark before it", b"\xef\xbb\xbf" + rss(item()).encode(), feed=End("ok", got=1))
says(
    "XML: UTF-16", rss(item(title="چای")).replace("utf-8", "utf-16").encode("utf-16"), feed=End("ok", got=1)
)  # "tea"
says("XML: UTF-32", rss(item()).replace("utf-8", "utf-32").encode("utf-32"), feed=End("ok", got=1))
says(
    "XML: windows-1256 in the header",
    rss(item(title="قهوه")).replace(' encoding="utf-8"', "").encode("cp1256", "replace"),
    headers={"Content_Type": "text/xml; charset=windows-1256"},
    feed=End("ok", got=1),
)  # "coffee"
says(
    "XML: UTF-8 under iso-8859-1",
    rss(item(title="قهوه")).replace(' encoding="utf-8"', ""),  # "coffee"
    headers={"Content_Type": "text/xml; charset=iso-8859-1"},
    feed=End("ok", got=1),
)
says(
    "XML: script",
    rss(
        item(
            title="&lt;script&gt;alert(1)&lt;/script&gt;",
            description="&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt; tea",
        )
    ),
    feed=End("ok", got=1),
)
says("XML: escapes", rss(item(title="&#27;[2J &#155; tea\r\n2026 ERROR forged")), feed=End("partial", got=1))
says(
    "XML: marks that turn",
    rss(item(title="\u202egnp.exe \u2066 tea", author="\u202enimda")),
    feed=End("ok", got=1),
)
says("XML: a title of 2 MB", rss(item(title="tea " * 500_000)), feed=End("ok", got=1))
says(
    "XML: a tag of 1 MB",
    rss(item().replace("<title>", f"<category>#{'x' * 2**20}</category><title>")),
    feed=End("ok", got=1),
)
says(
    "XML: 10,000 tags",
    rss(item().replace("<title>", "".join(f"<category>#t{n}</category>" for n in range(10_000)) + "<title>")),
    feed=End("ok", got=1),
)
says("XML: a guid of 600 bytes", rss(item(guid="x" * 600)), feed=End("ok", got=1))
says("XML: no guid and no link", rss(item(guid="", link="")), feed=End("ok", got=1))
says("XML: one guid for all", rss(*(item(n, guid="same") for n in range(5))), feed=End("ok", got=5))
says("XML: the same item twice", rss(item(), item(), item()), feed=End("ok", got=1))
says(
    "XML: nothing in the item",
    rss(item(), "<item/>"),
    feed=End("partial", "1 of 2", got=1, letters=("without a title",)),
)
for _name, _date, _reason in (
    ("no date", "tomorrow-ish", "is not a time"),
    ("the year 0", "Mon, 01 Jan 0000 00:00:00 GMT", "is not a time"),
    ("the year 1970", "Thu, 01 Jan 1970 00:00:00 GMT", "2000-01-01"),
    ("the year 2099", "Thu, 01 Jan 2099 00:00:00 GMT", "and tomorrow"),
    ("seconds", "1740816000", "2000-01-01"),
):
    says(
        f"XML: {_name}",
        rss(item(), item(2, pubDate=_date)),
        feed=End("partial", "1 of 2", got=1, letters=(_reason,)),
    )
says(
    "XML: links to everywhere",
    rss(
        item(1, link="javascript:alert(1)"), item(2, link="file:///etc/passwd"), item(3, link="http://[half")
    ),
    feed=End("ok", got=3),
)


@behaviour("XML: a DTD elsewhere", feed=End("ok", got=1))
async def dtd(x: Exchange) -> None:
    """A DTD is not fetched."""
    await x.answer(rss(item(), before=f'<!DOCTYPE rss SYSTEM "{x.canary}/rss.dtd">'))


@behaviour("XML: an entity elsewhere", feed=ENTITIES)
async def entity(x: Exchange) -> None:
    told = f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{x.canary}/p"> %p; <!ENTITY e SYSTEM "{x.canary}/e">]>'
    await x.answer(rss(item(title="&e;"), before=told))


@behaviour("XML: included from elsewhere", feed=End("ok", got=1))
async def include(x: Exchange) -> None:
    inside = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{x.canary}/x"/>'
    await x.answer(rss(item(), inside=inside))
