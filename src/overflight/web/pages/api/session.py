"""Where the key that lets a person in is handed in, once."""

from __future__ import annotations

from fastapi import APIRouter, Body, Request, Response

from overflight.errors import OverflightError
from overflight.web.pages.guard import COOKIE, same


class WrongKeyError(OverflightError):
    """A key that opens nothing."""

    http_status = 401


def router() -> APIRouter:
    made = APIRouter(tags=["session"])
    made.add_api_route(
        "/session", let_in, methods=["POST"], status_code=204, response_class=Response,
        summary="Hand in the key that lets a person in",
    )  # fmt: skip
    return made


def let_in(request: Request, key: str = Body(embed=True, max_length=200)) -> Response:
    """Keeps the key in a cookie that scripts cannot read; nothing where none is asked for."""
    known = request.app.state.settings.key
    if not known:
        return Response(status_code=204)
    if not same(key, known):
        raise WrongKeyError("that is not the key", remedy="Take it from where serve printed it.")
    answer = Response(status_code=204)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, key, httponly=True, samesite="strict", path="/", secure=secure)
    return answer
