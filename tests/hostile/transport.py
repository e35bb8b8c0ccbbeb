"""What goes wrong below the body: connections, status lines, headers, lengths, chunks, time."""

from __future__ import annotations

import asyncio
import socket
import struct

from tests.hostile.server import End, Exchange, behaviour

CLOSED = End("error", "closes the connection without an answer")
LATE = End("error", "gave no whole answer in time")
CUT = End("error", "broke off in the middle")
LARGE = End("error", "larger than 16 MiB")
STRANGE = End("error", "does not speak HTTP as it should")


@behaviour("close", both=CLOSED)
async def close(x: Exchange) -> None:
    """Take the question and hang up."""


@behaviour("reset", both=CLOSED)
async def reset(x: Exchange) -> None:
    """Hang up with a reset."""
    x.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    x.writer.transport.abort()


@behaviour("hang", both=LATE, answer_timeout_s=1.5)
async def hang(x: Exchange) -> None:
    """Say nothing at all."""
    await x.hang()


@behaviour("slow drip", both=LATE, answer_timeout_s=2.0)
async def slow_drip(x: Exchange) -> None:
    """A byte at a time, so that no single wait is long."""
    await x.head(Content_Length=str(len(x.good)))
    for byte in x.good:
        await x.raw(bytes([byte]))
        await asyncio.sleep(0.2)


@behaviour("slow headers", both=LATE, answer_timeout_s=2.0)
async def slow_headers(x: Exchange) -> None:
    """A header every so often, for ever."""
    await x.raw(b"HTTP/1.1 200 OK\r\n")
    await x.forever(b"X-More: and more\r\n", 0.2)


@behaviour("endless headers", both=STRANGE)
async def endless_headers(x: Exchange) -> None:
    """Headers as fast as they go, for ever."""
    await x.raw(b"HTTP/1.1 200 OK\r\n")
    await x.forever(b"".join(b"X-%d: %s\r\n" % (n, b"x" * 1000) for n in range(100)))


@behaviour("100,000 headers", both=STRANGE)
async def many_headers(x: Exchange) -> None:
    """A good answer behind very many headers."""
    lines = b"".join(b"X-%d: y\r\n" % n for n in range(100_000))
    await x.raw(b"HTTP/1.1 200 OK\r\n" + lines)
    await x.raw(b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(x.good) + x.good)


@behaviour("a header of 1 MB", both=STRANGE)
async def long_header(x: Exchange) -> None:
    """One header that does not end."""
    await x.answer(x.good, X_Long="y" * 2**20)


@behaviour("half a status line", both=CLOSED)
async def half_status(x: Exchange) -> None:
    await x.raw(b"HTTP/1.1 2")


@behaviour("HTTP/0.9", both=CLOSED)
async def http_0_9(x: Exchange) -> None:
    """The body and nothing before it."""
    await x.raw(x.good)


@behaviour("another protocol", both=STRANGE)
async def other_protocol(x: Exchange) -> None:
    await x.raw(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")


@behaviour("status that is no number", both=STRANGE)
async def no_number(x: Exchange) -> None:
    await x.raw(b"HTTP/1.1 OK 200\r\nContent-Length: 0\r\n\r\n")


@behaviour("status 999", both=End("error", "is broken (HTTP 999)"))
async def status_999(x: Exchange) -> None:
    await x.answer(x.good, 999)


@behaviour("status 500", both=End("error", "is broken (HTTP 500)"))
async def status_500(x: Exchange) -> None:
    await x.answer(b"sorry", 500)


@behaviour("status 404", both=End("error", "nothing is at this address"))
async def status_404(x: Exchange) -> None:
    await x.answer(b"?", 404)


@behaviour("status 410", both=End("refused", "gone: "))
async def status_410(x: Exchange) -> None:
    await x.answer(b"gone", 410)


@behaviour("status 204", both=End("error", "empty answer"))
async def status_204(x: Exchange) -> None:
    await x.raw(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")


@behaviour("status 206", both=End("error", "a part of it only (HTTP 206)"))
async def status_206(x: Exchange) -> None:
    """A part that nobody asked for, and that would pass for the whole."""
    await x.answer(x.good, 206, Content_Range=f"bytes 0-{len(x.good) - 1}/999999")


@behaviour("status 304 unasked", both=End("error", "HTTP 304"))
async def status_304(x: Exchange) -> None:
    """ "Nothing new" to somebody who has nothing."""
    await x.raw(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n")


@behaviour("status 403", both=End("refused", "HTTP 403"))
async def status_403(x: Exchange) -> None:
    await x.answer(b"no", 403)


@behaviour("status 401", both=End("refused", "HTTP 401"))
async def status_401(x: Exchange) -> None:
    await x.answer(b"who are you", 401, WWW_Authenticate="Basic realm=x")


@behaviour("status 451", both=End("refused", "HTTP 451"))
async def status_451(x: Exchange) -> None:
    await x.answer(b"the law", 451)


@behaviour("1xx first", both=End("ok", got=3))
async def hints(x: Exchange) -> None:
    """Interim answers before the real one are allowed."""
    await x.raw(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </s>\r\n\r\n")
    await x.answer(x.good)


@behaviour("1xx for ever", both=STRANGE)
async def hints_for_ever(x: Exchange) -> None:
    await x.forever(b"HTTP/1.1 102 Processing\r\n\r\n" * 100)


@behaviour("switching protocols", both=LATE, answer_timeout_s=2.0)
async def switching(x: Exchange) -> None:
    """101 to somebody who did not ask for it, and then nothing."""
    await x.raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
    await x.hang()


@behaviour("cut body", both=CUT)
async def cut_body(x: Exchange) -> None:
    """Less than Content-Length promises."""
    await x.answer(x.good[:-20], Content_Length=str(len(x.good)))


@behaviour(
    "longer than told",
    feed=End("partial", "not well-formed"),
    mastodon=End("error", "JSON that cannot be read"),
)
async def longer(x: Exchange) -> None:
    """More than Content-Length promises: the rest is nobody's."""
    await x.answer(x.good, Content_Length=str(len(x.good) // 3))


@behaviour("negative length", both=STRANGE)
async def negative_length(x: Exchange) -> None:
    await x.answer(x.good, Content_Length="-5")


@behaviour("two lengths", both=STRANGE)
async def two_lengths(x: Exchange) -> None:
    """Two lengths that differ, as in request smuggling."""
    await x.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\n" + x.good)


@behaviour("10 GB", both=LARGE)
async def ten_gigabytes(x: Exchange) -> None:
    """A length that says so at once."""
    await x.head(Content_Length=str(10 * 2**30))
    await x.forever(b"x" * 65536)


@behaviour("endless body", both=LARGE)
async def endless(x: Exchange) -> None:
    """No length and no end."""
    await x.head()
    await x.forever(b" " * 65536)


@behaviour("endless chunks", both=LARGE)
async def endless_chunks(x: Exchange) -> None:
    await x.head(Transfer_Encoding="chunked")
    await x.forever(b"10000\r\n" + b" " * 65536 + b"\r\n")


@behaviour("chunks of garbage", both=CUT)
async def garbage_chunks(x: Exchange) -> None:
    await x.head(Transfer_Encoding="chunked")
    await x.raw(b"5\r\nhello\r\nzzzz\r\nnonsense\r\n")


@behaviour("chunk of 2^64", both=CUT)
async def huge_chunk(x: Exchange) -> None:
    """A length that would not fit anywhere."""
    await x.head(Transfer_Encoding="chunked")
    await x.raw(b"ffffffffffffffff\r\n" + x.good)


@behaviour("chunk without end", both=CUT)
async def cut_chunk(x: Exchange) -> None:
    await x.head(Transfer_Encoding="chunked")
    await x.raw(b"%x\r\n" % len(x.good) + x.good + b"\r\n")


@behaviour("endless chunk size", both=CUT)
async def chunk_size(x: Exchange) -> None:
    """Digits of a length, for ever."""
    await x.head(Transfer_Encoding="chunked")
    await x.forever(b"0" * 4096)


@behaviour("both length and chunks", both=End("ok", got=3))
async def both_lengths(x: Exchange) -> None:
    """RFC 9112: chunks win, and all that was sent is there."""
    await x.head(Transfer_Encoding="chunked", Content_Length="3")
    await x.raw(b"%x\r\n" % len(x.good) + x.good + b"\r\n0\r\n\r\n")


@behaviour("terminal escapes in the reason", both=End("error", "answered HTTP 418"))
async def escapes(x: Exchange) -> None:
    """A status line that would clear the screen of whoever reads the log."""
    await x.raw(b"HTTP/1.1 418 \x1b[2J\x1b]0;owned\x07\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@behaviour("busy for ever", both=End("put off", "put off until"))
async def busy(x: Exchange) -> None:
    """A wait of 31 years; a day is the most that is believed."""
    await x.answer(b"", 429, Retry_After="999999999")


@behaviour("busy until nonsense", both=End("put off", "put off until"), timeout_s=24.0)
async def busy_nonsense(x: Exchange) -> None:
    """A wait that is none."""
    await x.answer(b"", 503, Retry_After="-1e999", X_RateLimit_Reset="99999-99-99")


@behaviour("nothing left", both=End("ok", got=3))
async def nothing_left(x: Exchange) -> None:
    """The last answer of a budget is an answer; the next would have to wait."""
    await x.answer(x.good, X_RateLimit_Remaining="0", X_RateLimit_Reset="86400", RateLimit="limit=\x01,,;;==")


@behaviour("cookies", both=End("ok", got=3))
async def cookies(x: Exchange) -> None:
    """Ten thousand cookies, none of which is sent back."""
    assert not any(name.lower() == "cookie" for name, _ in x.headers)
    await x.head(Content_Length=str(len(x.good)), Set_Cookie="id=1; Path=/; HttpOnly")
    await x.raw(x.good)
