"""What was said and its sound become phones to the frame. Pure numpy, about 200 times faster than speech.

The sentence: phones become a row of states with optional pauses; each 10 ms of sound is scored against every state; the
best path through the row gives the times; borders are set between two frames where their scores cross.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.phone_classes import CLASS, SILENCE, classes_of
from avatar.phone_net import STATES, PhoneNet, load, state_of
from avatar.sound_frames import FRAMES_PER_S, log_mel, mono, normalised
from avatar.speech import Phone, Word

SHORTEN = -1.5  # log price of leaving out the middle of a sound: 20 ms instead of at least 30
PAUSE = -0.5  # log price of a pause where none is written
# A gap before one of these that is shorter is its own closure, no pause: so it was with all such gaps in Festival's voices.
STOPS = frozenset(CLASS[name] for name in ("p", "b", "t", "d", "k", "ɡ", "tʃ", "dʒ", "ts"))
CLOSURE_S = 0.08
NEVER = -1e9
MIN_RATE_HZ = 8000
# Sounds longer than half a minute are looked at in a band of states that moves with the best: exact as far as BEAM goes,
# some two seconds of sound put elsewhere; three minutes with their text then take a third of the time and of the 700 MB.
LONG_CELLS = 3_000_000  # frames times states
BEAM = 600.0


@dataclass(frozen=True, slots=True)
class _Row:
    """The states in order. output: (s,) of the net; unit: (s,) index of the sound a state belongs to; owner: per unit the
    phone's index, -1 for a pause; skip: (s,) log price of coming from two states before, NEVER where it is not allowed."""

    output: NDArray
    unit: NDArray
    owner: tuple[int, ...]
    skip: NDArray


def align(pcm: NDArray, rate_hz: int, phones: Sequence[str], spans: Sequence[tuple[float, float] | None] | None = None,
          net: PhoneNet | None = None) -> tuple[Phone, ...]:
    """When each of `phones` sounds. They fill the sound from 0 to its end, silence as Phone("").

    pcm: (n,) int16 or float -1..1, or (n, channels); rate_hz: 8000 and more. phones: IPA as espeak-ng writes it, any
    language; "" where a pause may be (also anywhere at both ends). spans: for each phone the seconds it must lie in,
    where something is known beforehand. net: ours when None. Accurate to about 10 ms on clear speech. Never fails on short
    or foreign sound: what cannot be aligned is spread evenly. Raises ValueError for a rate below 8000 or an array that is
    no sound.
    """
    if rate_hz < MIN_RATE_HZ:
        raise ValueError(f"the sound has {rate_hz} samples a second; the aligner needs at least {MIN_RATE_HZ}")
    sound = mono(pcm)
    duration_s = len(sound) / rate_hz
    row = _row(phones)
    if len(row.owner) == 1 or not len(sound):
        return (Phone("", 0.0, duration_s),) if len(sound) else ()
    frames = log_mel(sound, rate_hz)
    every = (net or load("align")).scores(normalised(frames))
    if spans is None and len(frames) * len(row.output) > LONG_CELLS:
        path = _best_path_in_band(every, row)
        if path is None:
            return _spread(phones, frames, duration_s)
        return _phones(phones, row, _borders(path, row, lambda k, state: float(every[k, row.output[state]])), duration_s)
    scores = every[:, row.output]
    if spans is not None:
        _confine(scores, row, spans)
    path = _best_path(scores, row.skip)
    if path is None:
        return _spread(phones, frames, duration_s)
    return _phones(phones, row, _borders(path, row, lambda k, state: float(scores[k, state])), duration_s)


def frame_states(x: NDArray, phones: Sequence[str], net: PhoneNet) -> NDArray | None:
    """(n,) output of `net` for each of the (n, 26) normalised frames on the best path, None when too short: for training."""
    row = _row(phones)
    path = _best_path(net.scores(x)[:, row.output], row.skip)
    return None if path is None else row.output[path]


def align_words(pcm: NDArray, rate_hz: int, words: Sequence[tuple[str, Sequence[str]]],
                spans: Sequence[tuple[float, float]] | None = None) -> tuple[tuple[Phone, ...], tuple[Word, ...]]:
    """As `align`, for words with their phones; a word lasts from its first phone to its last. spans: seconds per word."""
    phones: list[str] = []
    owner: list[int] = []
    for i, (_, ipas) in enumerate(words):
        sounded = [ipa for ipa in ipas if classes_of(ipa)]
        phones += ["", *sounded]
        owner += [-1, *[i] * len(sounded)]
    limits = None if spans is None else [None if i < 0 else spans[i] for i in owner]
    timed = align(pcm, rate_hz, phones, limits)
    heard = [p for p in timed if p.ipa]
    edges: dict[int, tuple[float, float]] = {}
    for phone, i in zip(heard, [i for i in owner if i >= 0], strict=False):
        edges[i] = (edges.get(i, (phone.start_s, 0.0))[0], phone.end_s)
    return timed, tuple(Word(words[i][0], *edge) for i, edge in sorted(edges.items()) if edge[1] > edge[0])


def _row(phones: Sequence[str]) -> _Row:
    """A pause that may be left out stands at both ends and at each "", then the states of each sound in turn."""
    output, unit, owner = [0], [0], [-1]
    skip: list[float] = [NEVER]
    for index, ipa in enumerate(phones):
        sounds = classes_of(ipa)
        if not sounds:
            if owner[-1] != -1:
                _add_pause(output, unit, owner, skip)
            continue
        for phone_class in sounds:
            after_pause = owner[-1] == -1
            owner.append(index)
            for part in range(STATES):
                output.append(state_of(phone_class, part))
                unit.append(len(owner) - 1)
                skips_pause = part == 0 and after_pause and len(owner) > 2
                skip.append(SHORTEN if part == STATES - 1 else -PAUSE if skips_pause else NEVER)
    if owner[-1] != -1:
        _add_pause(output, unit, owner, skip)
    return _Row(np.array(output), np.array(unit), tuple(owner), np.array(skip, np.float32))


def _add_pause(output: list[int], unit: list[int], owner: list[int], skip: list[float]) -> None:
    owner.append(-1)
    output.append(state_of(SILENCE, 0))
    unit.append(len(owner) - 1)
    skip.append(NEVER)


def _confine(scores: NDArray, row: _Row, spans: Sequence[tuple[float, float] | None]) -> None:
    """In place: a phone outside its span scores NEVER / 1e6 a frame: a price, not a wall, so that a path is always found."""
    t = (np.arange(len(scores)) + 0.5) / FRAMES_PER_S
    for unit, index in enumerate(row.owner):
        span = spans[index] if index >= 0 else None
        if span is not None:
            outside = (t < span[0]) | (t > span[1])
            scores[np.ix_(outside, row.unit == unit)] += NEVER / 1e6


def _best_path(scores: NDArray, skip: NDArray) -> NDArray | None:
    """(n,) state of each frame, or None when the sound is too short for the row. Viterbi; steps of 0, 1 or 2 states."""
    n, states = scores.shape
    back = np.zeros((n, states), np.int8)
    best = np.full(states + 2, NEVER, np.float32)  # two in front, so that shifted views need no case
    best[2] = scores[0, 0]
    if states > 1:
        best[3] = scores[0, 1]
    for t in range(1, n):
        stay, step, leap = best[2:], best[1:-1], best[:-2] + skip
        move = step > stay
        now = np.where(move, step, stay)
        far = leap > now
        back[t] = np.where(far, 2, move)
        best[2:] = np.where(far, leap, now) + scores[t]
    at = states - 1 if best[-1] >= best[-2] else states - 2
    if best[at + 2] < NEVER / 2:
        return None
    path = np.empty(n, np.int64)
    for t in range(n - 1, -1, -1):
        path[t] = at
        at -= int(back[t, at])
    return path


def _best_path_in_band(every: NDArray, row: _Row) -> NDArray | None:
    """The same for a long sound: of each frame only the states between the first and the last within BEAM of the best are
    kept. every: (n, outputs)."""
    n, states = len(every), len(row.output)
    steps: list[tuple[int, NDArray]] = []  # of each frame: first state, steps to the states of the frame before
    low, best = 0, every[0, row.output[:2]].astype(np.float32)
    for t in range(1, n):
        # States low..high of this frame; three views of the frame before, where two more may be entered at the far end.
        high = min(states, low + len(best) + 2)
        wide = np.full(high - low + 2, NEVER, np.float32)
        wide[2 : 2 + len(best)] = best
        stay, step, leap = wide[2:], wide[1:-1], wide[:-2] + row.skip[low:high]
        move = step > stay
        now = np.where(move, step, stay)
        far = leap > now
        steps.append((low, np.where(far, 2, move).astype(np.int8)))
        now = np.where(far, leap, now) + every[t, row.output[low:high]]
        near = np.flatnonzero(now >= now.max() - BEAM)
        best, low = now[near[0] : near[-1] + 1], low + int(near[0])
    ends = [(best[at - low], at) for at in (states - 1, states - 2) if 0 <= at - low < len(best)]
    if not ends or max(ends)[0] < NEVER / 2:
        return None
    path = np.empty(n, np.int64)
    at = int(max(ends)[1])
    path[n - 1] = at
    for t in range(n - 1, 0, -1):
        first, back = steps[t - 1]
        at -= int(back[at - first])
        path[t - 1] = at
    return path


def _borders(path: NDArray, row: _Row, score: Callable[[int, int], float]) -> list[tuple[int, float]]:
    """(unit, start in frames) of each unit on the path. A border lies where the line between two frames' scores crosses. score:
    of a frame in a state."""
    units = row.unit[path]
    changes = np.flatnonzero(np.diff(units)) + 1
    out = [(int(units[0]), 0.0)]
    for k in changes:
        before, after = int(path[k - 1]), int(path[k])
        d0 = score(int(k) - 1, after) - score(int(k) - 1, before)
        d1 = score(int(k), after) - score(int(k), before)
        at = k - 0.5 + (-d0 / (d1 - d0)) if d0 < 0 < d1 else float(k)
        out.append((int(units[k]), max(at, out[-1][1])))
    return out


def _phones(phones: Sequence[str], row: _Row, borders: list[tuple[int, float]], duration_s: float) -> tuple[Phone, ...]:
    starts = [min(at / FRAMES_PER_S, duration_s) for _, at in borders] + [duration_s]
    out: list[Phone] = []
    last = -2
    for (unit, _), start_s, end_s in zip(borders, starts[:-1], starts[1:], strict=True):
        owner = row.owner[unit]
        if owner == last and owner >= 0:  # the second half of a diphthong
            out[-1] = Phone(out[-1].ipa, out[-1].start_s, end_s)
        else:
            out.append(Phone(phones[owner] if owner >= 0 else "", start_s, end_s))
        last = owner
    return _closed(out)


def _closed(phones: Sequence[Phone]) -> tuple[Phone, ...]:
    """Closures of stops belong to the stops: lips that part for a moment between "deep" and "pockets" would be seen."""
    out: list[Phone] = []
    for phone in phones:
        gap = out[-1] if len(out) > 1 and not out[-1].ipa else None  # not the silence in front of everything
        if gap and gap.end_s - gap.start_s < CLOSURE_S and STOPS.intersection(classes_of(phone.ipa)[:1]):
            out[-1] = Phone(phone.ipa, gap.start_s, phone.end_s)
        else:
            out.append(phone)
    return tuple(out)


def _spread(phones: Sequence[str], frames: NDArray, duration_s: float) -> tuple[Phone, ...]:
    """Too short to align: the phones evenly over what is loud."""
    level = frames.mean(axis=1)
    loud = np.flatnonzero(level > level.max() - 9.0)  # natural log of power: 39 dB
    start_s, end_s = loud[0] / FRAMES_PER_S, min(float(loud[-1] + 1) / FRAMES_PER_S, duration_s)
    heard = [ipa for ipa in phones if classes_of(ipa)]
    edges = [float(e) for e in np.linspace(start_s, end_s, len(heard) + 1)]
    out = [Phone(ipa, a, b) for ipa, a, b in zip(heard, edges[:-1], edges[1:], strict=True)]
    head = [Phone("", 0.0, edges[0])] if edges[0] > 0 else []
    tail = [Phone("", edges[-1], duration_s)] if duration_s > edges[-1] else []
    return (*head, *out, *tail)
