"""MediaTime 0 across restarts: it never jumps back while a wall clock can tell."""

from __future__ import annotations

import random

import pytest

from showroom.epoch import boot_id, current_epoch_s, show_epoch_s
from showroom.store import Store

pytestmark = pytest.mark.unit


@pytest.fixture
def memory() -> Store:
    return Store(":memory:")


def test_a_restart_in_the_same_boot_changes_nothing(memory: Store) -> None:
    epoch = show_epoch_s(memory, 100.0, 5000.0, "a")
    assert epoch == 100.0
    for wall_s in (5600.0, 10.0, 9e9):  # NTP may do what it likes
        assert show_epoch_s(memory, 700.0, wall_s, "a") == 100.0


def test_after_a_reboot_the_wall_clock_bridges_the_gap(memory: Store) -> None:
    show_epoch_s(memory, 100.0, 5000.0, "a")
    epoch = show_epoch_s(memory, 20.0, 5900.0, "b")
    assert 20.0 - epoch == pytest.approx(900.0), "the show is 900 s old"
    assert show_epoch_s(memory, 50.0, 5930.0, "b") == epoch
    assert 5.0 - show_epoch_s(memory, 5.0, 6000.0, "c") == pytest.approx(1000.0)


def test_a_wall_clock_behind_the_show_begins_anew(memory: Store) -> None:
    show_epoch_s(memory, 100.0, 5000.0, "a")
    assert show_epoch_s(memory, 20.0, 4000.0, "b") == 20.0


def test_without_a_boot_id_a_monotonic_clock_that_restarted_is_noticed(memory: Store) -> None:
    show_epoch_s(memory, 100.0, 5000.0, "")
    assert 20.0 - show_epoch_s(memory, 20.0, 5100.0, "") == pytest.approx(100.0)


def test_media_time_never_goes_back_over_any_restarts(memory: Store) -> None:
    rng, wall_s, last = random.Random(), 1e9, -1.0
    monotonic_s, boot = 1000.0, 0
    for _ in range(300):
        passed = rng.uniform(0.1, 5000)
        wall_s += passed
        monotonic_s += passed
        if rng.random() < 0.3:
            boot, monotonic_s = boot + 1, rng.uniform(1, 60)
        media_s = monotonic_s - show_epoch_s(memory, monotonic_s, wall_s, f"b{boot}")
        assert media_s >= last - 1e-3
        last = media_s


def test_on_this_machine(memory: Store) -> None:
    assert current_epoch_s(memory) == current_epoch_s(memory)
    assert boot_id() == boot_id()
