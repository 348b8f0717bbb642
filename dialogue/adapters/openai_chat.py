"""Any server that speaks OpenAI's chat completions (hosted, vLLM, llama.cpp, Ollama): text in pieces as it is written."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator

import httpx

from dialogue.ports import WriterError

MAX_CHARS = 1200  # an answer is a sentence or two; what goes on for longer is cut off
CONNECT_S = 2.0


class ChatWriter:
    """A Writer over HTTP. Nothing is sent but what `write` is given; the key goes into the header only."""

    def __init__(self, base_url: str, model: str, key: str = "", transport: httpx.AsyncBaseTransport | None = None) -> None:
        """base_url: up to and with "/v1"; key: "" for servers that want none; transport: for tests."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.AsyncClient(base_url=base_url.rstrip("/") + "/", headers=headers, transport=transport,
                                         timeout=httpx.Timeout(None, connect=CONNECT_S))
        self._model = model

    async def write(self, instructions: str, facts: str) -> AsyncGenerator[str, None]:
        """See dialogue.ports.Writer."""
        body = {"model": self._model, "stream": True, "temperature": 0.4, "max_tokens": 160,
                "messages": [{"role": "system", "content": instructions}, {"role": "user", "content": facts}]}
        told = 0
        try:
            async with self._client.stream("POST", "chat/completions", json=body) as reply:
                if reply.status_code != 200:
                    raise WriterError(f"The language model's server answered {reply.status_code}.")
                async for line in reply.aiter_lines():
                    piece = _piece(line)
                    if piece is None:
                        return
                    told += len(piece)
                    if piece:
                        yield piece
                    if told > MAX_CHARS:
                        return
        except httpx.HTTPError as error:
            raise WriterError(f"The language model's server cannot be reached: {error!r}."[:200]) from None

    async def close(self) -> None:
        """Close the connections. May be called twice."""
        await self._client.aclose()


def _piece(line: str) -> str | None:
    """The text of one line of the stream, "" for lines without, None at the end. Raises WriterError."""
    if not line.startswith("data:"):
        return ""
    data = line.removeprefix("data:").strip()
    if data == "[DONE]":
        return None
    try:
        choices = json.loads(data)["choices"]
        return str((choices[0].get("delta") or {}).get("content") or "") if choices else ""
    except (ValueError, LookupError, TypeError, AttributeError):
        raise WriterError("The language model's server sent something that is no chat completion.") from None
