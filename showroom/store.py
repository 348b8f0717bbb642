"""What must survive a restart: one SQLite file (WAL), numbered migrations, short transactions."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

MIGRATIONS = (
    """CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL);
       CREATE TABLE spoken(text TEXT PRIMARY KEY, at_s REAL NOT NULL);
       CREATE TABLE question(id TEXT PRIMARY KEY, viewer TEXT NOT NULL, text TEXT NOT NULL, language TEXT NOT NULL,
                             asked_at_s REAL NOT NULL, state TEXT NOT NULL, answer TEXT NOT NULL, citations TEXT NOT NULL);
       CREATE TABLE unanswered(text TEXT PRIMARY KEY, language TEXT NOT NULL, product TEXT, asked INTEGER NOT NULL,
                               last_at_s REAL NOT NULL);
       CREATE TABLE event(id INTEGER PRIMARY KEY, at_s REAL NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL);
       CREATE INDEX event_at ON event(at_s);""",
    """CREATE TABLE product(sku TEXT PRIMARY KEY, plinth TEXT, folder TEXT NOT NULL, added_at_s REAL NOT NULL);""",
    """CREATE TABLE version(id INTEGER PRIMARY KEY AUTOINCREMENT, sku TEXT NOT NULL, state TEXT NOT NULL, why TEXT NOT NULL,
                            plinth TEXT, folder TEXT NOT NULL, since_s REAL NOT NULL);
       CREATE INDEX version_sku ON version(sku);
       INSERT INTO version(sku, state, why, plinth, folder, since_s)
         SELECT sku, 'on_air', '{}', plinth, folder, added_at_s FROM product ORDER BY added_at_s;
       DROP TABLE product;""",
    """CREATE TABLE taught(id INTEGER PRIMARY KEY AUTOINCREMENT, question TEXT NOT NULL, answer TEXT NOT NULL,
                           language TEXT NOT NULL, sku TEXT, at_s REAL NOT NULL);""",
    """CREATE TABLE chat_line(feed TEXT NOT NULL, id TEXT NOT NULL, at_s REAL NOT NULL, fate TEXT NOT NULL);
       CREATE INDEX chat_line_at ON chat_line(at_s);""",
)


CHAT_LINES_S = 2 * 86400.0  # a busy chat has a million lines a night


class StoreError(RuntimeError):
    """The state cannot be read or written; one sentence."""


class Store:
    """One show's state. wall_s: seconds since 1970, injected so that nights can be simulated."""

    def __init__(self, path: Path | str, wall_s: Callable[[], float] = time.time) -> None:
        self._wall_s = wall_s
        self.write_failures = 0
        self.last_failure = ""
        try:
            if path != ":memory:":
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            # An alarm may come from a thread (a watched folder, music that is refused); SQLite itself puts calls in a row.
            self._db = sqlite3.connect(path, isolation_level=None, timeout=2.0, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._migrate()
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{path}: the state file cannot be used ({error}); mend or move it away") from error

    def _migrate(self) -> None:
        (done,) = self._db.execute("PRAGMA user_version").fetchone()
        if done > len(MIGRATIONS):
            raise StoreError("the state file was written by a newer nightwindow; use that one or another state folder")
        for number in range(done, len(MIGRATIONS)):
            self._db.executescript(f"BEGIN; {MIGRATIONS[number]} PRAGMA user_version={number + 1}; COMMIT;")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A full disk must not stop the show: a failed write is counted, and the show goes on from memory."""
        try:
            yield self._db
        except sqlite3.Error as error:
            self.write_failures += 1
            self.last_failure = str(error)

    def put(self, key: str, value: Any) -> None:
        """Remember a JSON value."""
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES(?, ?)", (key, json.dumps(value)))

    def get(self, key: str, default: Any = None) -> Any:
        """The value of `key`, or `default`."""
        row = self._db.execute("SELECT value FROM meta WHERE key=?", (key,)).fetchone()
        return default if row is None else json.loads(row[0])

    def said(self, text: str) -> None:
        """A sentence was spoken to its end."""
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO spoken VALUES(?, ?)", (text, self._wall_s()))

    def last_said_s(self, text: str) -> float | None:
        """Seconds since `text` was last spoken, None when never (or long ago)."""
        row = self._db.execute("SELECT at_s FROM spoken WHERE text=?", (text,)).fetchone()
        return None if row is None else self._wall_s() - row[0]

    def question(self, id: str, viewer: str, text: str, language: str, state: str, answer: str,
                 citations: tuple[str, ...]) -> None:
        """Keep or update a question with its answer. state: "answered", "waiting", "spoken", "refused"."""
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO question VALUES(?,?,?,?,?,?,?,?)",
                       (id, viewer, text, language, self._wall_s(), state, answer, json.dumps(citations)))

    def question_state(self, id: str, state: str) -> None:
        """Move a question on."""
        with self._writing() as db:
            db.execute("UPDATE question SET state=? WHERE id=?", (state, id))

    def forget_question(self, id: str) -> None:
        """A question that was taken back: its words go."""
        with self._writing() as db:
            row = db.execute("SELECT text FROM question WHERE id=?", (id,)).fetchone()
            db.execute("DELETE FROM question WHERE id=?", (id,))
            if row is not None and db.execute("SELECT 1 FROM question WHERE text=?", row).fetchone() is None:
                db.execute("DELETE FROM unanswered WHERE text=?", row)

    def note_unanswered(self, text: str, language: str, product: str | None) -> None:
        """A question the knowledge base can't answer, counted."""
        with self._writing() as db:
            db.execute("INSERT INTO unanswered VALUES(?,?,?,1,?) ON CONFLICT(text) DO UPDATE SET asked=asked+1, "
                       "last_at_s=excluded.last_at_s", (text, language, product, self._wall_s()))

    def unanswered(self, limit: int = 100) -> list[dict[str, Any]]:
        """Most asked first."""
        rows = self._db.execute("SELECT text, language, product, asked, last_at_s FROM unanswered "
                                "ORDER BY asked DESC, last_at_s DESC LIMIT ?", (limit,))
        return [dict(zip(("text", "language", "product", "asked", "last_at_s"), row, strict=True)) for row in rows]

    def event(self, kind: str, **data: Any) -> None:
        """Write the log that the operator sees."""
        with self._writing() as db:
            db.execute("INSERT INTO event(at_s, kind, data) VALUES(?,?,?)", (self._wall_s(), kind, json.dumps(data)))

    def events(self, limit: int = 50) -> list[dict[str, Any]]:
        """Newest first."""
        rows = self._db.execute("SELECT at_s, kind, data FROM event ORDER BY id DESC LIMIT ?", (limit,))
        return [{"at_s": at, "kind": kind, **json.loads(data)} for at, kind, data in rows]

    def chat_lines(self, rows: list[tuple[str, str, float, str]]) -> None:
        """What became of lines of chat: (feed, id, unix seconds, fate); their words are not kept."""
        with self._writing() as db:
            db.execute("BEGIN")
            try:
                db.executemany("INSERT INTO chat_line VALUES(?,?,?,?)", rows)
            finally:
                db.execute("COMMIT")

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that other processes see whole or not at all; a person waits for it, so a failure is raised.
        Raises StoreError."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise StoreError(f"the state file cannot be written ({error}); nothing was changed") from error

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a SELECT finds."""
        return list(self._db.execute(query, values))

    def wall_s(self) -> float:
        """Seconds since 1970, of the injected clock."""
        return self._wall_s()

    def forget(self, keep_s: float) -> dict[str, int]:
        """Drop what is older than keep_s: questions, those nobody could answer, events, spoken sentences. How many rows of
        each went, where any did."""
        before = self._wall_s() - keep_s
        gone: dict[str, int] = {}
        with self._writing() as db:
            for what, query, since in (
                ("questions", "DELETE FROM question WHERE asked_at_s < ?", before),
                ("unanswered questions", "DELETE FROM unanswered WHERE last_at_s < ?", before),
                ("events", "DELETE FROM event WHERE at_s < ?", before),
                ("chat lines", "DELETE FROM chat_line WHERE at_s < ?", max(before, self._wall_s() - CHAT_LINES_S)),
                ("spoken sentences", "DELETE FROM spoken WHERE at_s < ?", before)):
                if (count := db.execute(query, (since,)).rowcount) > 0:
                    gone[what] = count
        return gone

    def close(self) -> None:
        """Check-point and close."""
        self._db.close()
