"""mediapipe's FaceLandmarker on the frames of a camera: 52 coefficients and the head, some 10 ms a picture on one core."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar.capture.neutral import Reading
from avatar.face import ARKIT, INDEX

MAX_FACES = 2  # a second face is seen, so that it can be told; it is not followed
CM = 0.01  # the reader measures in centimetres


class FaceReader:
    """Close it. task: Google's face_landmarker.task (assets.parts "face-landmarker")."""

    def __init__(self, task: Path) -> None:
        from mediapipe.tasks.python import BaseOptions, vision  # seconds: only who reads faces pays

        self._model = vision.FaceLandmarker.create_from_options(vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(task)), running_mode=vision.RunningMode.VIDEO,
            num_faces=MAX_FACES, output_face_blendshapes=True, output_facial_transformation_matrixes=True))
        self._last_ms = -1

    def close(self) -> None:
        """Let the model go."""
        self._model.close()

    def read(self, picture: NDArray, stamp_us: int) -> list[Reading]:
        """The faces in a picture. picture: (h, w, 3) uint8 RGB, not mirrored; stamp_us: later than the one before."""
        import mediapipe

        self._last_ms = max(self._last_ms + 1, stamp_us // 1000)
        image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(picture))
        found = self._model.detect_for_video(image, self._last_ms)
        out = []
        for shapes, matrix, marks in zip(found.face_blendshapes, found.facial_transformation_matrixes,
                                         found.face_landmarks, strict=True):
            weights = np.zeros(len(ARKIT))
            for shape in shapes:
                if shape.category_name in INDEX:
                    weights[INDEX[shape.category_name]] = shape.score
            m = np.asarray(matrix, np.float64)
            u, _, vt = np.linalg.svd(m[:3, :3])  # its scale is the size of the face
            centre = float(np.mean([p.x for p in marks])), float(np.mean([p.y for p in marks]))
            out.append(Reading(weights, u @ vt, m[:3, 3] * CM, centre))
        return out
