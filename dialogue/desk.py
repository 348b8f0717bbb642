"""The one thread that answers: the host's loop hands over a question and waits for nothing. Order is kept."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from assets.knowledge import Passage
from assets.priority import come_first
from assets.product import ProductModel
from dialogue.answering import Answerer
from dialogue.phrasing import Phraser
from dialogue.ports import Embedder
from dialogue.question import Answer, Question
from dialogue.settled_memory import settle

READING_BEHIND = 3  # steps of priority: the model is read while the first pictures are drawn, and those cannot wait
MAX_WAITING = 100  # questions; at 10 ms each the last one waits a second
_log = logging.getLogger(__name__)


class AnswerDesk:
    """Owns an Answerer. Words are searched from the first moment; meaning joins when its model has been loaded."""

    def __init__(self, answerer: Answerer, load: Callable[[], Embedder | None] | None = None,
                 phraser: Phraser | None = None) -> None:
        """load: called once on a thread of its own (the model, a second or two); None or a None result: words only.
        phraser: rewords what is spoken, see `reworded`."""
        self._answerer, self._phraser = answerer, phraser
        self._waiting = 0
        self._changing = threading.Lock()
        self._newest: tuple[tuple[Passage, ...], dict[str, ProductModel]] | None = None
        self._closed = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="answers", initializer=come_first)
        self._loader = ThreadPoolExecutor(1, thread_name_prefix="answers-model")
        self.by_meaning: Future[bool] = self._loader.submit(self._learn, load)

    @property
    def is_full(self) -> bool:
        """Whether so many questions wait that another would be answered too late to matter."""
        return self._waiting >= MAX_WAITING

    async def answer(self, question: Question, *, on_show: str | None) -> Answer:
        """See Answerer.answer; sees every `replace` that was called before it."""
        loop = asyncio.get_running_loop()
        self._waiting += 1
        try:
            return await loop.run_in_executor(self._thread, lambda: self._answerer.answer(question, on_show=on_show))
        finally:
            self._waiting -= 1

    @property
    def rewords(self) -> bool:
        """Whether a language model rewords what is spoken."""
        return self._phraser is not None

    async def reworded(self, answer: Answer) -> Answer:
        """The answer with its spoken sentences in the model's words where those hold, at most the model's time-out later."""
        return answer if self._phraser is None else await self._phraser.reworded(answer)

    def replace(self, passages: Sequence[Passage], products: Mapping[str, ProductModel]) -> Future[None]:
        """Take over a changed knowledge base and catalogue; returns at once, the next answer knows it. Of several that come
        while one is read only the newest is: ten products that are dropped together do not make a question wait ten times."""
        with self._changing:
            self._newest = tuple(passages), dict(products)
        return self._thread.submit(self._take)

    def _take(self) -> None:
        with self._changing:
            newest, self._newest = self._newest, None
        if newest is not None:
            self._answerer.replace(*newest)

    def close(self) -> None:
        """Stop; questions that wait are dropped. May be called twice."""
        self._closed = True
        self._loader.shutdown(wait=False, cancel_futures=True)
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _learn(self, load: Callable[[], Embedder | None] | None) -> bool:
        come_first(READING_BEHIND)
        try:
            embedder = load() if load is not None else None
            if embedder is None:
                return False
            meaning = self._answerer.read(embedder)  # the long part, beside the thread that answers
            self._thread.submit(self._answerer.use, meaning).result()
            settle()
        except Exception as error:  # whatever a foreign model does, the show goes on by words
            if not self._closed:
                _log.warning("answers go by words only: %s", error)
            return False
        return True
