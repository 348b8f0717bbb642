"""A fresh access token for a Google API from a refresh token: access tokens live an hour, a night is longer.

https://developers.google.com/identity/protocols/oauth2/web-server#offline
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from dialogue.chat.line import FeedError

ADDRESS = "https://oauth2.googleapis.com/token"
_NAMES = ("NIGHTWINDOW_YOUTUBE_CLIENT_ID", "NIGHTWINDOW_YOUTUBE_CLIENT_SECRET", "NIGHTWINDOW_YOUTUBE_REFRESH_TOKEN")


@dataclass(frozen=True, slots=True)
class GoogleToken:
    """client_id, client_secret: of the OAuth client that the refresh token was given to."""

    client_id: str
    client_secret: str
    refresh_token: str
    address: str = ADDRESS

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> GoogleToken | None:
        """From $NIGHTWINDOW_YOUTUBE_CLIENT_ID, _CLIENT_SECRET and _REFRESH_TOKEN; None where one of them is missing."""
        values = [environment.get(name, "") for name in _NAMES]
        return cls(*values) if all(values) else None

    async def fresh(self, client: httpx.AsyncClient) -> str:
        """A new access token. Raises FeedError, final when the refresh token is not accepted any more."""
        form = {"grant_type": "refresh_token", "client_id": self.client_id, "client_secret": self.client_secret,
                "refresh_token": self.refresh_token}
        try:
            reply = await client.post(self.address, data=form)
            value = reply.json()
        except (httpx.HTTPError, ValueError) as error:
            raise FeedError(f"YouTube: the token could not be renewed ({type(error).__name__})") from None
        token = value.get("access_token") if isinstance(value, dict) else None
        if reply.status_code == 200 and isinstance(token, str) and token:
            return token
        reason = str(value.get("error", reply.status_code)) if isinstance(value, dict) else str(reply.status_code)
        final = reason in ("invalid_grant", "invalid_client", "unauthorized_client")
        raise FeedError(f"YouTube: the token could not be renewed ({reason})", final=final)
