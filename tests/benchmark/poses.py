"""What one pose costs: the body between sentences, in a sentence, and with a performer laid over it."""

from __future__ import annotations

import time

import numpy as np

POSES, WARM_UP = 2000, 100


def poses() -> dict[str, float]:
    """CPU ms of one pose (aim: at most 0.3), and of planning one second of speech."""
    from assets.scene import Mark
    from avatar.capture.captured import Captured, laid_over
    from avatar.idle import IdleLife
    from avatar.perform import perform
    from avatar.sampling import pose_at
    from avatar.speech import GestureMark
    from avatar.visemes import VISEME_WEIGHTS
    from tests.fakes.sentences import sentence

    text = "this lamp weighs less than a bottle of water, it folds into your bag, and it shines for nine hours"
    speech, utterance = sentence(1, text, (GestureMark("point", 3), GestureMark("open", 12)))
    start = time.process_time()
    for k in range(10):
        performance = perform(speech, utterance, visemes=VISEME_WEIGHTS, targets={}, mark=Mark("anchor", (0, 0, 0)), seed=k)
    planned = (time.process_time() - start) / 10
    idle = IdleLife(1)
    seen = Captured(np.zeros(52), np.array([8.0, 3.0, 1.0]), np.zeros(2), np.zeros(2))

    def cost_ms(speaking: bool, captured: bool) -> float:
        spent = 0.0
        for n in range(POSES + WARM_UP):
            t = n / 25
            playing = [(t - t % 7.0, performance)] if speaking else []
            start = time.process_time()
            pose = pose_at(t, idle, playing)
            if captured:
                laid_over(pose, seen, 0.7)
            spent += (time.process_time() - start) * (n >= WARM_UP)
        return 1000 * spent / POSES

    return {"pose_idle_ms": cost_ms(False, False), "pose_speaking_ms": cost_ms(True, False),
            "pose_captured_ms": cost_ms(True, True), "perform_cpu_ms_per_s": 1000 * planned / speech.duration_s}
