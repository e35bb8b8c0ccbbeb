"""Writes 500 records on a PDS over XRPC and prints them as JSON: ``python records.py PDS [seed]``.

Five accounts write posts in Persian and English with facets, answer, quote and pass on each other's
posts, and like some. Each record of the answer says what a reader of its author's feed has to find.
"""

from __future__ import annotations

import json
import random
import re
import sys
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

NAMES = {"sara": "سارا", "reza": "رضا", "mina": "مینا 🌿", "john": "John", "amy": "Amy"}
POSTS, REPLIES, QUOTES, REPOSTS = 60, 20, 10, 10
"""Of each account: a hundred."""
LIKES = 50
TEXTS = (
    ("fa", "قهوه‌ی پارس را امروز امتحان کردم؛ عالی بود ☕ #قهوه_پارس"),  # tried the coffee today
    ("fa", "چرا قیمت‌ها دوباره بالا رفت؟ #تهران https://example.com/news/۱۴۰۵"),  # why are prices up again
    ("en", "New phone, same battery. #AI #BlackFriday"),
    ("fa", "سلام @sara.test، جشنوارهٔ کافه کی شروع می‌شود؟ #قهوه_پارس #جشنواره"),  # when does it begin
    ("en", "Half of the menu is in فارسی and nobody minds 😍 #coffee"),  # Persian
)
Ref = dict[str, str]


class Pds:
    """Calls of XRPC on a PDS."""

    def __init__(self, url: str) -> None:
        self._url = url

    def post(self, method: str, token: str | None = None, **body: Any) -> Any:
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        url = f"{self._url}/xrpc/{method}"
        request = urllib.request.Request(url, data=json.dumps(body).encode(), headers=headers)
        with urllib.request.urlopen(request, timeout=60) as opened:
            return json.loads(opened.read() or b"{}")


class Account:
    """Somebody who writes."""

    def __init__(self, pds: Pds, name: str, shown: str) -> None:
        self._pds = pds
        self.handle = f"{name}.test"
        self.password = f"{name}-pass"
        made = pds.post(
            "com.atproto.server.createAccount",
            handle=self.handle,
            email=f"{name}@example.com",
            password=self.password,
        )
        self.did, self.token = made["did"], made["accessJwt"]
        profile = {"$type": "app.bsky.actor.profile", "displayName": shown, "description": f"#{name}"}
        pds.post(
            "com.atproto.repo.createRecord",
            self.token,
            repo=self.did,
            collection="app.bsky.actor.profile",
            rkey="self",
            record=profile,
        )

    def write(self, records: list[dict[str, Any]]) -> list[Ref]:
        """Write records in commits of ten; their addresses in the same order."""
        made: list[Ref] = []
        for start in range(0, len(records), 10):
            writes = [
                {
                    "$type": "com.atproto.repo.applyWrites#create",
                    "collection": record["$type"],
                    "value": record,
                }
                for record in records[start : start + 10]
            ]
            answer = self._pds.post("com.atproto.repo.applyWrites", self.token, repo=self.did, writes=writes)
            made += [{"uri": found["uri"], "cid": found["cid"]} for found in answer["results"]]
        return made

    def delete(self, uri: str) -> None:
        """Take a record back."""
        repo, collection, rkey = uri.removeprefix("at://").split("/")
        self._pds.post(
            "com.atproto.repo.deleteRecord", self.token, repo=repo, collection=collection, rkey=rkey
        )


def facets(text: str, dids: dict[str, str]) -> list[dict[str, Any]]:
    """Hashtags, mentions and links of a text, by the bytes at which they stand."""
    found = []
    for match in re.finditer(r"#(\w+)|@([\w.]+)|(https?://\S+)", text):
        tag, handle, url = match.groups()
        if tag:
            feature = {"$type": "app.bsky.richtext.facet#tag", "tag": tag}
        elif handle:
            feature = {"$type": "app.bsky.richtext.facet#mention", "did": dids[handle.rstrip(".")]}
        else:
            feature = {"$type": "app.bsky.richtext.facet#link", "uri": url}
        start, end = (len(text[:at].encode()) for at in match.span())
        found.append({"index": {"byteStart": start, "byteEnd": end}, "features": [feature]})
    return found


class Script:
    """What is written, in an order that the seed decides."""

    def __init__(self, pds: Pds, seed: int) -> None:
        self._rng = random.Random(seed)
        self._at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
        self.accounts = [Account(pds, name, shown) for name, shown in NAMES.items()]
        self._dids = {account.handle: account.did for account in self.accounts}
        self.written: list[dict[str, Any]] = []

    def run(self) -> None:
        first = self._all("post", POSTS, lambda account, others: {})
        self._all("reply", REPLIES, lambda account, others: self._reply(first))
        self._all("quote", QUOTES, lambda account, others: self._quote(others))
        self._all("repost", REPOSTS, lambda account, others: {"subject": others.pop()}, text=False)
        self._all("like", LIKES // len(NAMES), lambda account, others: {"subject": others.pop()}, text=False)

    def _all(self, kind: str, count: int, more: Any, *, text: bool = True) -> list[Ref]:
        """So many records of a kind by each account; ``more`` says what stands in them beside the text."""
        refs = []
        for account in self.accounts:
            # Each of the others' posts once, so that nothing is passed on or liked twice.
            others = [
                {"uri": record["uri"], "cid": record["cid"]}
                for record in self.written
                if record["did"] != account.did and record["kind"] == "post"
            ]
            self._rng.shuffle(others)
            records = [
                (self._text(kind) if text else self._mark(kind)) | more(account, others) for _ in range(count)
            ]
            made = account.write(records)
            refs += made
            self.written += [
                {"kind": kind, "did": account.did, "handle": account.handle, "record": record, **ref}
                for record, ref in zip(records, made, strict=True)
            ]
        return refs

    def _now(self) -> str:
        self._at += timedelta(seconds=60)
        return self._at.isoformat().replace("+00:00", ".000Z")

    def _text(self, kind: str) -> dict[str, Any]:
        language, text = self._rng.choice(TEXTS)
        text = f"{kind} {len(self.written)}-{self._rng.randrange(10**6)}: {text}"
        return {
            "$type": "app.bsky.feed.post",
            "text": text,
            "langs": [language],
            "facets": facets(text, self._dids),
            "createdAt": self._now(),
        }

    def _mark(self, kind: str) -> dict[str, Any]:
        return {"$type": f"app.bsky.feed.{kind}", "createdAt": self._now()}

    def _reply(self, posts: list[Ref]) -> dict[str, Any]:
        root = self._rng.choice(posts)
        return {"reply": {"root": root, "parent": root}}

    def _quote(self, others: list[Ref]) -> dict[str, Any]:
        return {"embed": {"$type": "app.bsky.embed.record", "record": others.pop()}}


def main(url: str, seed: int = 7) -> None:
    script = Script(Pds(url), seed)
    script.run()
    accounts = [
        {"handle": account.handle, "did": account.did, "token": account.token} for account in script.accounts
    ]
    json.dump({"accounts": accounts, "written": script.written}, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1], *(int(value) for value in sys.argv[2:3]))
