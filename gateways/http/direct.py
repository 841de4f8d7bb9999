"""The way of most requests: events in. Straight to where they are taken, past the framework's layers.

Routing, dependencies and error handlers of FastAPI cost as much as all that is done with a single event. What they give
is given here too: the same handler, the same answer to every error.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from fastapi import FastAPI, Request
from starlette.types import Receive, Scope, Send

from gateways.http import intake
from gateways.http.access import Access
from gateways.http.errors import response_to

_PATH: Final = "/v1/events/"


class _Route(NamedTuple):
    path: str


_ROUTE: Final = _Route("/v1/events/{kind}")


class Application(FastAPI):
    """FastAPI, but for the requests that are taken straight."""

    def __init__(self, **more: Any) -> None:
        """As FastAPI."""
        super().__init__(**more)
        self._straight = Access(_post_events)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] == "http" and scope["method"] == "POST" and is_event(scope["path"]):
            scope["app"] = self
            await self._straight(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def is_event(path: str) -> bool:
    """Whether it is the address of the events of some kind."""
    return path.startswith(_PATH) and "/" not in path[len(_PATH) :].rstrip("/") and len(path) > len(_PATH)


async def _post_events(scope: Scope, receive: Receive, send: Send) -> None:
    scope["route"] = _ROUTE
    request = Request(scope, receive)
    try:
        response = await intake.post_events(scope["path"][len(_PATH) :], request)
    except Exception as error:
        answer = response_to(request, error)
        if answer is None:
            raise
        response = answer
    await response(scope, receive, send)
