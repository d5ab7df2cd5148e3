"""``kiosk document watch``: the guidance live, in the patient's own window and as lines; nothing filmed is kept."""

import gettext
import threading
import time
from collections.abc import Callable
from pathlib import Path

from hardware.camera.base import CameraLost, Frame, FrameSource
from kiosk.capture.preview import to_rgb_bytes
from kiosk.capture.session import CaptureSession, Seen
from kiosk.core.sources.document import Guidance, Side
from kiosk.core.turn.screens import ShowDocument
from kiosk.ui.preview import Preview

_ = gettext.gettext
_PREVIEW = (960, 540)
_SHOWN_SECONDS = 1.5  # after a picture was taken, before the next one is looked for
_FRAME_SECONDS = 1.0


def camera_for(source: str, driver: str) -> FrameSource:
    """A film when the source is one, else the camera of this driver ("auto": USB)."""
    from hardware.camera.film import FilmCamera
    from hardware.camera.libcamera import LibcameraCamera
    from hardware.camera.opencv import OpenCvCamera

    path = Path(source)
    if driver == "film" or (driver == "auto" and (path.is_file() or path.is_symlink())):
        return FilmCamera(source)
    return LibcameraCamera(source) if driver == "libcamera" else OpenCvCamera(source)


class Watch:
    """Feeds the guidance with a camera's frames until time is up or it is told to stop."""

    def __init__(self, camera: FrameSource, side: Side, seconds: float, tell: Callable[[str], None]) -> None:
        self._camera, self._side, self._seconds, self._tell = camera, side, seconds, tell
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._newest: Preview | None = None
        self.on_guidance: Callable[[ShowDocument], None] = lambda _screen: None
        self.on_end: Callable[[], None] = lambda: None

    def stop(self) -> None:
        self._stopping.set()

    def preview(self) -> Preview | None:
        with self._lock:
            return self._newest

    def run(self) -> None:
        """Film, guide and tell; the camera is closed and the window told when it ends."""
        self._camera.open()
        try:
            self._follow()
        finally:
            self._camera.close()
            with self._lock:
                self._newest = None
            self.on_end()

    def _follow(self) -> None:
        session = CaptureSession(self._side)
        started, number, shown = time.monotonic(), 0, ""
        while (now := time.monotonic() - started) < self._seconds and not self._stopping.is_set():
            frame = self._camera.read(_FRAME_SECONDS)
            if isinstance(frame, CameraLost):
                line = _("caméra : {reason}").format(reason=frame.reason)
            else:
                seen = session.feed(frame, now)
                number += 1
                self._show(frame, seen, number)
                line = f"{seen.guidance} {seen.shape}".strip()
                if seen.shot is not None:
                    size, sharpness = len(seen.shot.jpeg), f"{seen.shot.sharpness:.2f}"
                    taken = _("image prise : {size} octets, netteté {sharpness}").format(size=size, sharpness=sharpness)
                    self._tell(f"{now:6.1f} s  {taken}")
                    session = CaptureSession(self._side)
                    self._stopping.wait(_SHOWN_SECONDS)
            if line != shown:
                self._tell(f"{now:6.1f} s  {line}")
                shown = line

    def _show(self, frame: Frame, seen: Seen, number: int) -> None:
        rgb = to_rgb_bytes(frame, *_PREVIEW, seen.preview_quad)
        with self._lock:
            self._newest = Preview(*_PREVIEW, rgb, number)
        is_taken = seen.shot is not None
        guidance = Guidance.TAKING if is_taken else seen.guidance
        self.on_guidance(ShowDocument(self._side, guidance, 1.0 if is_taken else seen.steadiness))


def in_window(watch: Watch) -> None:
    """Show what the patient would see, with the document's outline drawn in; the window's cross ends it."""
    from kiosk.ui.window import KioskWindow

    window = KioskWindow(lambda _touch: None, watch.preview, "kiosk document watch", False, (1080, 1440))
    watch.on_guidance, watch.on_end = window.show, window.close
    window.show(ShowDocument(Side.FIRST, Guidance.NO_DOCUMENT))
    following = threading.Thread(target=watch.run, name="watch", daemon=True)
    following.start()
    try:
        window.run()
    finally:
        watch.stop()
        following.join(5.0)
