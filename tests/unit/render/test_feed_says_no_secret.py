"""What a feed process writes to its log when the target refuses."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from render.feed_messages import FeedSettings
from render.framing import pack
from render.packet import VideoSettings
from render.slate_tool import main as slate_tool

pytestmark = pytest.mark.unit


def test_a_refused_push_names_the_server_but_not_the_key(tmp_path: Path) -> None:
    video = VideoSettings(320, 180, 25, 400, "ultrafast")
    slate = slate_tool(tmp_path, {"title": "N", "note": "", "ai_label": "AI", "language": "en"}, video)
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    ours, theirs = socket.socketpair()
    with ours, theirs:
        child = subprocess.Popen([sys.executable, "-m", "render.feeds", str(theirs.fileno())], pass_fds=[theirs.fileno()],
                                 stderr=subprocess.PIPE, env=dict(os.environ))
        ours.sendall(pack(FeedSettings(f"rtmp://127.0.0.1:{port}/app/SECRETKEY", time.monotonic(), video, slate)))
        said = child.communicate(timeout=30)[1].decode()
    assert child.returncode == 75, "a temporary failure: the host tries again"
    assert f"rtmp://127.0.0.1:{port}/app: " in said and "refused" in said
    assert "SECRETKEY" not in said and "Traceback" not in said
