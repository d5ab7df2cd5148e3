"""Finds and decodes the visible seal (CEV) on a card's side: one DataMatrix, read with zxing-cpp."""

import cv2
import zxingcpp

from kiosk.capture.shot import Picture
from kiosk.documents.cev import NotSeal, Seal, parse

_LARGEST = 2600  # pixels a side: what is larger is reduced first


def read_seal(picture: Picture) -> Seal | None:
    """Read the seal of a picture; None when there is none, or none that can be decoded."""
    longest = max(picture.shape[:2])
    first = min(1.0, _LARGEST / longest)
    larger = min(2.0, max(1.25, _LARGEST / longest)) * first  # a small one is drawn larger: modules of few pixels merge
    for scale, binarizer, is_any_size in (
        (first, zxingcpp.Binarizer.LocalAverage, True),  # copes with shadows
        (first, zxingcpp.Binarizer.GlobalHistogram, True),  # and this with modules that touch
        (larger, zxingcpp.Binarizer.LocalAverage, False),
    ):
        sized = picture
        if scale != 1.0:
            way = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
            sized = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=way)
        grey = cv2.cvtColor(sized, cv2.COLOR_BGR2GRAY) if sized.ndim == 3 else sized
        wanted = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix)
        for found in zxingcpp.read_barcodes(
            grey,
            formats=wanted,
            binarizer=binarizer,
            try_invert=False,  # a seal is dark on light
            try_downscale=is_any_size,
        ):
            seal = parse(found.bytes.decode("latin-1"))
            if not isinstance(seal, NotSeal):
                return seal
    return None
