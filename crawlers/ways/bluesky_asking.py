"""Asking servers of Bluesky: in the account's name where it is needed, and what their refusals mean."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from scrapy import Request
from scrapy.http import Response

from config.platforms import PLATFORMS
from crawlers.pages.bluesky import read_error
from crawlers.pages.bluesky_people import Seen
from crawlers.spider import LOOKS, SourceSpider
from crawlers.ways.bluesky_session import HOW, Session, is_expired
from posts.errors import NotReachable, NotUnderstood, Refused, SourceError
from store import rereads

AT_ONCE: Final = 25
"""Posts that may be asked for by address in one request."""
APPVIEW: Final = PLATFORMS["bluesky"].url
SHARE: Final = 0.6
"""Of a crawl's time goes to what is new; the rest is for the second looks."""
_CLOSED: Final = frozenset({"AccountTakedown", "AccountDeactivated", "AccountSuspended", "RepoTakendown"})
_SIGNED: Final = frozenset({"feed.searchPosts"})


class Asking(SourceSpider):
    """A spider that knows the servers' ways. ``session`` is set where a source needs a signed-in account."""

    session: Session | None = None
    _began = 0.0

    def over(self) -> bool:
        """Whether this crawl has had its time for pages."""
        return time.monotonic() - self._began > SHARE * self.job.timeout_s

    def ask_signed(self, url: str, answer: Callable[[Response], Any]) -> Request:
        """A request in the account's name, where the source needs one; its token is renewed when it must."""
        session = self.session
        if session is None:
            return self.ask(url, answer)
        request = self.ask(
            url, lambda response: self._with_token(response, answer), headers=session.headers()
        )
        return _staying(request)

    def _with_token(self, response: Response, answer: Callable[[Response], Any]) -> Any:
        code, _ = read_error(response.body) if response.status in (400, 401) else ("", "")
        session = self.session
        if session is None or not is_expired(code) or response.meta.get("renewed"):
            return answer(response)
        return self._renew(lambda: [_marked(self.ask_signed(response.url, answer))])

    def sign_in(self, then: Callable[[], Iterable[Request]]) -> list[Request]:
        """The request for a token by the app password; with the token it goes on to ``then``."""
        return self._tokens("sign_in", then)

    def _renew(self, then: Callable[[], Iterable[Request]]) -> list[Request]:
        session = self.session
        return self._tokens("renew" if session and session.can_refresh else "sign_in", then)

    def _tokens(self, way: str, then: Callable[[], Iterable[Request]]) -> list[Request]:
        session = self.session
        if session is None:
            return []
        url, headers, body = session.renew() if way == "renew" else session.sign_in()

        def taken(response: Response) -> Iterator[Request]:
            yield from self.on_tokens(response, way, then)

        # Never sent on to where a redirect leads: the password is in it.
        request = self.ask(url, taken, headers=headers)
        return [_staying(request.replace(method="POST", body=body))]

    def on_tokens(
        self, response: Response, way: str, then: Callable[[], Iterable[Request]]
    ) -> Iterator[Request]:
        """Go on with new tokens; those that cannot be renewed are asked for by the password."""
        session = self.session
        if session is None:
            return
        if way == "renew" and response.status in (400, 401, 403):
            session.forget()
            yield from self._tokens("sign_in", then)
            return
        try:
            if response.status in (400, 401, 403):
                code, told = read_error(response.body)
                session.forget()
                host, said = urlsplit(session.pds).netloc, f"HTTP {response.status}: {told or code}"
                raise Refused(
                    f"{host} does not let the account sign in ({said}). {HOW}", subject=self.job.source
                )
            self.happy(response)
            session.take(response.body, subject=self.job.source)
        except SourceError as error:
            self.fail(error)
            return
        yield from then()

    def happy(self, response: Response) -> None:
        """Raise what an answer other than 2xx says, in words."""
        status, source = response.status, self.job.source
        if 200 <= status < 300 and status != 206:  # a part is not all of it
            return
        host = urlsplit(response.url).netloc
        code, told = read_error(response.body)
        said = f"HTTP {status}: {told or code or 'no reason given'}"
        if code in _CLOSED:
            raise Refused(f"the account is closed to everybody ({told or code})", subject=source)
        if status in (401, 403):
            raise Refused(f"{host} does not show this to who is not signed in ({said})", subject=source)
        if code == "NotFound" or (status == 400 and "not found" in told.lower()):
            self.not_found()
            raise NotUnderstood(f"{host} knows nothing of this name ({said})", subject=source)
        if status in (400, 501):
            raise NotUnderstood(f"{host} does not take the request ({said})", subject=source)
        error = self.unhappy(response)
        if error is None:
            raise NotReachable(f"{host} answered {said}", subject=source)
        raise error

    def not_found(self) -> None:
        """What follows when a server knows nothing of a name."""

    def requests_due(self) -> int:
        """How many requests the second looks of this crawl will take."""
        if self.state is None:
            return 0
        due = rereads.count(self.state, self.job.source, at=self.now())
        return -(-min(LOOKS, due) // AT_ONCE)

    def server(self) -> str:
        """The AppView: a stream is read elsewhere, and its posts and people are looked up there."""
        parts = urlsplit(self.job.url if self.job.timeline != "stream" else self.job.appview or APPVIEW)
        return f"{parts.scheme}://{parts.netloc}"

    def xrpc(self, method: str, **query: str) -> str:
        """The address of a method: at the account's own server where it is asked in its name."""
        server = self.session.pds if self.session is not None and method in _SIGNED else self.server()
        return f"{server}/xrpc/app.bsky.{method}?{urlencode(query)}"

    def seen(self) -> Seen:
        return Seen(source=self.job.source, at=self.now(), run_id=self.job.run_id)


def _staying(request: Request) -> Request:
    """The request, which goes nowhere but where it was sent."""
    request.meta["dont_redirect"] = True
    return request


def _marked(request: Request) -> Request:
    request.meta["renewed"] = True
    return request
