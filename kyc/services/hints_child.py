"""The child process that looks into our own pictures for hints. Run as a script beside `imaging_child`.

It reads one JPEG that our encoder wrote from descriptor 0 and writes one line of JSON to descriptor 1. OpenCV meets the
picture here and not in the worker, under the same limits as a customer's file.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent))  # an isolated interpreter looks nowhere else; last, so as to hide nothing
imaging: Any = importlib.import_module("imaging_child")
sys.path.pop()

CPU_SECONDS_MAX = 20
COMMON_SIDE_PIXELS = 800
"""Sharpness and glare are measured at this longer side, so that figures of different cameras compare."""
BLOWN_MIN = 250
"""Brightness from which a pixel holds no print any more."""
FACE_SIDE_SHARE_MIN = 0.08
"""The smallest face looked for, as part of the picture's shorter side."""
FLAT_DEVIATION_MAX = 6.0
"""A picture whose brightness deviates less has no features to tell it by."""
PRINT_SIDE = 32


def look(cv2: Any, np: Any, cascade: Any, jpeg: bytes) -> dict[str, Any]:
    """Every figure of the picture."""
    grey = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    height, width = grey.shape
    scale = COMMON_SIDE_PIXELS / max(width, height)
    common = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    smallest = int(min(common.shape) * FACE_SIDE_SHARE_MIN)
    faces = cascade.detectMultiScale(common, scaleFactor=1.1, minNeighbors=6, minSize=(smallest, smallest))
    return {
        "width": width,
        "height": height,
        "sharpness": float(cv2.Laplacian(common, cv2.CV_64F).var()),
        "glare_share": float((common >= BLOWN_MIN).mean()),
        "faces": len(faces),
        "print": perceptual_hash(cv2, np, grey),
    }


def perceptual_hash(cv2: Any, np: Any, grey: Any) -> str | None:
    """64 bits as hex: which of the picture's low frequencies are above their median. None for a flat picture."""
    if float(grey.std()) < FLAT_DEVIATION_MAX:
        return None
    small = cv2.resize(grey, (PRINT_SIDE, PRINT_SIDE), interpolation=cv2.INTER_AREA)
    low = cv2.dct(np.float32(small))[:8, :8].flatten()
    bits = low > sorted(float(value) for value in low[1:])[31]
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"


def main() -> None:
    """Confine, look, answer."""
    imaging.confine(cpu_seconds=CPU_SECONDS_MAX)
    import cv2
    import numpy as np

    cv2.setNumThreads(1)
    cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).with_name("data") / "haarcascade_frontalface_default.xml"))
    imaging.close_the_door()
    imaging.answer(look(cv2, np, cascade, sys.stdin.buffer.read(imaging.OUTPUT_BYTES_MAX)))


if __name__ == "__main__":
    main()
