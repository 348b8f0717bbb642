"""A piece of the show as a file, as fast as the machine can: `python -m render.clip < request`, used by `nightwindow say`.

The same stage, poses, mixer and encoders as on air, with MediaTime counted instead of waited for.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
import time

import av
import cv2

from assets.packs.coarser import staged_scene
from render.clock import POSE_TICKS, RATE_HZ, frame_ticks, seconds
from render.cue import Play
from render.encoder import AacEncoder, VideoEncoder, to_i420
from render.feed_target import open_target
from render.messages import ClipRequest
from render.mixer import Mixer
from render.music_bed import bed_of
from render.pacer import video_settings
from render.packet import Packet
from render.performers import Performers
from render.picture import Picture, look_at
from render.slate import av_packet, to_avcc
from render.timeline import Timeline


def render_clip(request: ClipRequest) -> dict[str, float]:
    """Write the clip. Returns frames and CPU seconds of drawing, converting and encoding."""
    settings, video = request.settings, video_settings(request.settings)
    timeline, mixer = Timeline(), Mixer(bed_of(request.settings.bed))
    performers = Performers(settings.spec, settings.seed, settings.avatars)
    for cue in request.cues:
        timeline.add(cue)
        if isinstance(cue, Play):
            mixer.play(cue.anchor_id, cue.at, cue.pcm)
    picture = Picture(settings)
    picture.open()
    for put in settings.products:
        picture.put(put, staged_scene(put.model.packs["broadcast"]))
    step = frame_ticks(video.fps)

    def drawn(at: int):
        plays = performers.plays(at, 0, timeline)
        return picture.draw(look_at(timeline, at), {a: performers.pose(a, at, plays) for a in performers.anchors})

    if request.out.suffix in (".png", ".jpg"):
        drawn(request.end)
        _, data = cv2.imencode(request.out.suffix, drawn(request.end)[..., :3])
        request.out.write_bytes(data.tobytes())
        return {"frames": 1}
    if request.sidecar:
        _write_sidecar(request, performers, timeline)
    encoder, sound = VideoEncoder(video), AacEncoder()
    target = open_target(str(request.out), settings.slate, settings.mark)
    cost = {"frames": 0.0, "draw_s": 0.0, "convert_s": 0.0, "encode_s": 0.0}
    for at in range(0, request.end, step):
        marks = [time.process_time()]
        image = drawn(at)
        marks.append(time.process_time())
        planes = to_i420(image)
        marks.append(time.process_time())
        packets = [Packet(p.at, p.duration, p.track, p.key, to_avcc(p.data)) for p in encoder.encode(planes, at)]
        packets += [p for p in sound.encode(mixer.read(at, step), at) if p.at >= 0]
        for packet in packets:
            target.mux(av_packet(packet, target.stream(packet.track)))
        marks.append(time.process_time())
        cost["frames"] += 1
        for key, a, b in zip(("draw_s", "convert_s", "encode_s"), marks[:-1], marks[1:], strict=True):
            cost[key] += b - a
    target.close()
    return cost


def _write_sidecar(request: ClipRequest, performers: Performers, timeline: Timeline) -> None:
    assert request.sidecar is not None
    with request.sidecar.open("w", encoding="utf-8") as file:
        for cue in request.cues:
            if isinstance(cue, Play):
                line = {"at": cue.at, "event": "utterance", "id": cue.utterance_id, "text": cue.text,
                        "duration_s": seconds(len(cue.pcm)), "product": cue.product, "citations": cue.citations}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        for at in range(0, request.end, RATE_HZ // POSE_TICKS * POSE_TICKS):
            for anchor in performers.anchors:
                pose = performers.pose(anchor, at, performers.plays(at, 0, timeline))
                line = {"at": at, "event": "pose", "anchor_id": anchor, "weights": [round(float(v), 4) for v in pose.weights]}
                file.write(json.dumps(line) + "\n")


def main() -> int:
    """One line of JSON: what it cost; or 1 and {"error": a sentence} where machine or disk refuse."""
    from render.engine import NoDriver

    asked = pickle.load(sys.stdin.buffer)  # from our own parent process
    try:
        print(json.dumps(render_clip(asked)))
    except (NoDriver, av.FFmpegError, OSError) as error:
        why = str(error) if isinstance(error, NoDriver) else f"{asked.out}: {error.strerror}"
        print(json.dumps({"error": why}))
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # engine and codec threads have no orderly end
