"""What survives a restart, and what happens when it cannot be written."""

from __future__ import annotations

import resource
import sqlite3
import threading
from pathlib import Path

import pytest

from showroom.store import MIGRATIONS, Store, StoreError

pytestmark = pytest.mark.unit


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    now = [1000.0]
    first = Store(tmp_path / "deep/er/show.sqlite", lambda: now[0])
    first.put("position", [1, 2, 3])
    first.said("Good evening.")
    first.question("q1", "v1", "wie schwer?", "de", "answered", "1.9 kg", ("lamp:weight",))
    first.note_unanswered("who?", "en", "lamp")
    first.note_unanswered("who?", "en", None)
    first.event("alarm", text="x")
    first.close()
    now[0] += 60
    again = Store(tmp_path / "deep/er/show.sqlite", lambda: now[0])
    assert again.get("position") == [1, 2, 3] and again.get("other", "d") == "d"
    assert again.last_said_s("Good evening.") == 60 and again.last_said_s("Never.") is None
    assert again.unanswered()[0]["asked"] == 2
    assert again.events()[0] == {"at_s": 1000.0, "kind": "alarm", "text": "x"}
    again.forget(30)
    assert not again.events() and again.last_said_s("Good evening.") is None and again.get("position") == [1, 2, 3]


def test_an_alarm_out_of_a_thread_is_kept(tmp_path: Path) -> None:
    """Music without a licence was told to the operator as a full disk."""
    store = Store(tmp_path / "show.sqlite")
    thread = threading.Thread(target=store.event, args=("alarm",), kwargs={"text": "no music"})
    thread.start()
    thread.join()
    assert store.events()[0]["text"] == "no music" and not store.write_failures


@pytest.mark.parametrize("old", range(len(MIGRATIONS)))
def test_every_older_version_is_brought_up_to_date(tmp_path: Path, old: int) -> None:
    path = tmp_path / "show.sqlite"
    db = sqlite3.connect(path)
    for number in range(old):
        db.executescript(MIGRATIONS[number])
    if old:
        db.execute("INSERT INTO meta VALUES('position', '[4]')")
    if old == 2:  # the table that migration 3 took over
        db.execute("INSERT INTO product VALUES('mug', 'guest', '/f', 7.0)")
    db.execute(f"PRAGMA user_version={old}")
    db.commit()
    db.close()
    store = Store(path)
    kept = store.rows("SELECT sku, state, plinth, folder, since_s FROM version")
    assert kept == ([("mug", "on_air", "guest", "/f", 7.0)] if old == 2 else [])
    assert store.get("position") == ([4] if old else None)
    store.close()
    (version,) = sqlite3.connect(path).execute("PRAGMA user_version").fetchone()
    assert version == len(MIGRATIONS)


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "show.sqlite"
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    db.close()
    with pytest.raises(StoreError, match="newer nightwindow") as caught:
        Store(path)
    assert "\n" not in str(caught.value) and not sqlite3.connect(path).execute("SELECT * FROM sqlite_master").fetchall()


def test_what_is_no_store_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "junk.sqlite").write_bytes(b"not a database at all" * 99)
    for path in (tmp_path / "file/show.sqlite", tmp_path / "junk.sqlite"):
        with pytest.raises(StoreError, match="cannot be used") as caught:
            Store(path)
        assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_full_disk_is_counted_and_what_is_known_stays_readable(tmp_path: Path) -> None:
    store = Store(tmp_path / "show.sqlite", lambda: 50.0)
    store.put("position", [1])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "show.sqlite-wal").stat().st_size, hard))
    try:
        store.put("position", [2])
        store.said("Hello.")
        store.event("alarm", text="y" * 5000)
        store.note_unanswered("x", "en", None)
        store.question("q", "v", "t", "en", "answered", "a", ())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert store.write_failures == 5
    assert store.get("position") == [1]
    store.put("position", [3])
    assert store.get("position") == [3], "room again: writing goes on"


def test_a_change_is_whole_or_not_at_all(tmp_path: Path) -> None:
    store = Store(tmp_path / "show.sqlite")
    with pytest.raises(RuntimeError, match="half way"), store.changing() as db:
        db.execute("INSERT INTO meta VALUES('a', '1')")
        raise RuntimeError("half way")
    assert store.get("a") is None
    other = sqlite3.connect(tmp_path / "show.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # somebody else is writing and does not end
    with pytest.raises(StoreError, match="nothing was changed"), store.changing() as db:
        db.execute("INSERT INTO meta VALUES('b', '1')")
    other.execute("ROLLBACK")
    with store.changing() as db:
        db.execute("INSERT INTO meta VALUES('c', '1')")
    assert store.get("b") is None and store.get("c") == 1
