"""Where a person is in a camera's picture: MediaPipe's selfie segmentation, some 6 ms a picture, on the performer's machine.

The model's file lacks the metadata without which the library refuses it ("NormalizationOptions"); they are written into it
here, in memory: RGB, mean 0, deviation 255, as its model card says.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from assets.parts import PartSpec

SEGMENTER = PartSpec(
    "person-mask", "npm", "@mediapipe/selfie_segmentation", "0.1.1675465747",
    "7767b33eaa68990ee06c28bbb89f39a13a47ebb07ff0f1fd4947d9e817bb9bf9",
    ("package/selfie_segmentation.tflite", "package/package.json", "package/README.md"),
    "Apache-2.0 (Google's selfie_segmentation.tflite)",
    "cuts a performer out of the camera's picture (nightwindow capture --picture); fetched when first needed",
)
MODEL_FILE = "package/selfie_segmentation.tflite"
SIZE_PX = 256  # of the model's input and mask
FOLLOW = 0.6  # of a new mask is believed: its edge trembles by a pixel or two from picture to picture
OUTSIDE, INSIDE = 0.45, 0.85  # below the first nobody, above the second the person: a little inside, no wall shines through
EDGE_PX = 1.0  # of the model's own: how far its stairs are smoothed
LEAST_SHARE = 0.01  # of the picture: less is nobody
LOWER_EDGE = 0.06  # of the picture's height: faded out at its foot, where the camera cuts the body off
_FADE = np.clip((SIZE_PX - 0.5 - np.arange(SIZE_PX)) / (LOWER_EDGE * SIZE_PX), 0.0, 1.0).astype(np.float32)[:, None]


class PersonMask:
    """Close it. Raises OSError when the file is not there."""

    def __init__(self, tflite: Path) -> None:
        from mediapipe.tasks.python import BaseOptions, vision  # seconds: only who cuts out pays

        self._model = vision.ImageSegmenter.create_from_options(vision.ImageSegmenterOptions(
            base_options=BaseOptions(model_asset_buffer=with_metadata(tflite.read_bytes())),
            running_mode=vision.RunningMode.VIDEO, output_confidence_masks=True, output_category_mask=False))
        self._last_ms = -1
        self._smooth: NDArray[np.float32] | None = None

    def close(self) -> None:
        """Let the model go."""
        self._model.close()

    def read(self, picture: NDArray, stamp_us: int, face: tuple[float, float]) -> NDArray[np.float32] | None:
        """(256, 256) 0..1 over the whole picture: the one person to whom the face belongs; None when there is nobody.
        picture: (h, w, 3) uint8 RGB; stamp_us: later than the one before; face: its centre, 0..1 of the picture."""
        import mediapipe

        self._last_ms = max(self._last_ms + 1, stamp_us // 1000)
        small = cv2.resize(picture, (SIZE_PX, SIZE_PX), interpolation=cv2.INTER_AREA)
        image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=small)
        found = self._model.segment_for_video(image, self._last_ms).confidence_masks[0].numpy_view().reshape(SIZE_PX, SIZE_PX)
        smooth = found if self._smooth is None else self._smooth + FOLLOW * (found - self._smooth)
        self._smooth = np.array(smooth, np.float32)
        return of_one(self._smooth, face)


def of_one(chances: NDArray[np.float32], face: tuple[float, float]) -> NDArray[np.float32] | None:
    """The mask with nothing left but the region that the face lies in, its lower edge faded; None when it lies in none.
    chances: (256, 256) 0..1 that somebody is there."""
    soft = cv2.GaussianBlur(chances, (5, 5), EDGE_PX, borderType=cv2.BORDER_REPLICATE)
    mask = np.clip((soft - OUTSIDE) / (INSIDE - OUTSIDE), 0.0, 1.0)
    count, regions = cv2.connectedComponents((mask > 0.5).astype(np.uint8))
    x, y = (int(np.clip(v * SIZE_PX, 0, SIZE_PX - 1)) for v in face)
    mine = int(regions[y, x])
    if count < 2 or mine == 0:
        return None
    kept = (regions == mine).astype(np.uint8)
    if kept.mean() < LEAST_SHARE:
        return None
    return np.asarray(mask * cv2.dilate(kept, np.ones((9, 9), np.uint8)) * _FADE, np.float32)


def with_metadata(tflite: bytes) -> bytes:
    """The model's file with what the library asks for: how the input's bytes become numbers, and that its output is a mask."""
    import flatbuffers
    from mediapipe.tasks.metadata import metadata_schema_py_generated as meta
    from mediapipe.tasks.metadata import schema_py_generated as schema

    image, normal, unit = meta.ImagePropertiesT(), meta.NormalizationOptionsT(), meta.ProcessUnitT()
    image.colorSpace = meta.ColorSpaceType.RGB
    normal.mean, normal.std = [0.0], [255.0]
    unit.optionsType, unit.options = meta.ProcessUnitOptions.NormalizationOptions, normal
    given, content = meta.TensorMetadataT(), meta.ContentT()
    content.contentPropertiesType, content.contentProperties = meta.ContentProperties.ImageProperties, image
    given.name, given.content, given.processUnits = "image", content, [unit]
    mask, graph, whole = meta.TensorMetadataT(), meta.SubGraphMetadataT(), meta.ModelMetadataT()
    mask.name = "segmentation_masks"
    graph.inputTensorMetadata, graph.outputTensorMetadata = [given], [mask]
    whole.subgraphMetadata = [graph]
    builder = flatbuffers.Builder(0)
    builder.Finish(whole.Pack(builder), b"M001")
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(tflite, 0))
    data, entry = schema.BufferT(), schema.MetadataT()
    data.data = np.frombuffer(bytes(builder.Output()), np.uint8)
    model.buffers.append(data)
    entry.name, entry.buffer = "TFLITE_METADATA", len(model.buffers) - 1
    model.metadata = [*(model.metadata or []), entry]
    out = flatbuffers.Builder(0)
    out.Finish(model.Pack(out), b"TFL3")
    return bytes(out.Output())
