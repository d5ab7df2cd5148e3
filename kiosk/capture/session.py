"""One side of a document before the camera: what to tell the person, and when the picture takes itself.

Pure in time: the caller says when each frame was seen. It never reads the zone: that is ``reader``'s.
"""

from dataclasses import dataclass

import numpy as np

from kiosk.capture.portrait import has_portrait, is_portrait_upside_down
from kiosk.capture.shot import Corners, Picture, Shot, is_card_shaped, rectify, to_jpeg
from kiosk.capture.sight import EMPTY, Sight, look, ordered
from kiosk.capture.upright import is_upside_down
from kiosk.core.confidential import Confidential
from kiosk.core.document import Guidance, Side


@dataclass(frozen=True, slots=True)
class CaptureSettings:
    """Limits of a good picture; start values measured on specimens, to be adjusted to the place's light and tray."""

    steady_seconds: float = 0.5
    least_frames: int = 5
    least_width: float = 0.42  # of the frame
    most_width: float = 0.985
    least_margin: float = 0.004
    most_tilt: float = 0.16
    most_glare: float = 0.03
    least_luma: float = 62.0
    least_sharpness: float = 0.55
    soft_sharpness: float = 0.40  # enough after soft_seconds of trying: a camera may have no better
    soft_seconds: float = 3.0
    least_texture: float = 9.0  # a blank sheet has none
    most_motion: float = 0.006  # of the document's width, between two frames
    calm_seconds: float = 0.35  # an instruction is shown at least this long


@dataclass(frozen=True, slots=True, repr=False)
class Seen(Confidential):
    """What a frame led to."""

    guidance: Guidance
    steadiness: float  # 0 to 1: how near the picture is to taking itself
    preview_quad: Corners | None  # the document's corners in the frame
    shot: Shot | None


class CaptureSession:
    """Feeds on preview frames of one side until a picture is good.

    ``first_had_zone``: for the second side, whether the first one bore the machine-readable zone; the same side shown
    again is then answered by "turn it over".
    """

    def __init__(
        self, side: Side, settings: CaptureSettings | None = None, *, first_had_zone: bool | None = None
    ) -> None:
        self._side = side
        self._settings = settings or CaptureSettings()
        self._first_had_zone = first_had_zone
        self._last: tuple[Picture, Sight] | None = None
        self._good_since: float | None = None
        self._good_frames = 0
        self._best: tuple[float, Picture, Sight] | None = None
        self._shown = Guidance.NO_DOCUMENT
        self._shown_at = -1e9
        self._wanted = (Guidance.NO_DOCUMENT, -1e9)
        self._count = 0
        self._soft_since: float | None = None  # only sharpness has been missing since
        self._sharpest = 0.0
        self._portrait: tuple[Corners, bool] | None = None  # where one was looked for, and whether it was there

    def feed(self, frame: Picture, at_seconds: float) -> Seen:
        """Look at one frame; ``shot`` is given once, when the picture took itself."""
        self._count += 1
        before = self._last[1] if self._last is not None else EMPTY
        with_grid = before.corners is None or self._count % 2 == 0
        sight = look(frame, with_grid=with_grid, last_grid=before.grid)
        motion = _motion(before, sight)
        self._last = (frame, sight)
        advice = self._advise(sight, motion)
        if advice is Guidance.HOLD_STILL and motion <= self._settings.most_motion:
            advice = self._settle_for(sight, at_seconds)
        else:
            self._soft_since = None
        if advice is Guidance.TAKING and not self._is_worth_taking(frame, sight):
            advice = Guidance.NO_DOCUMENT
        shot: Shot | None = None
        if advice is Guidance.TAKING:
            if self._good_since is None:
                self._good_since, self._good_frames, self._best = at_seconds, 0, None
            self._good_frames += 1
            if self._best is None or sight.sharpness > self._best[0]:
                self._best = (sight.sharpness, frame, sight)
            spell = at_seconds - self._good_since
            if spell >= self._settings.steady_seconds and self._good_frames >= self._settings.least_frames:
                shot = self._shoot(self._best[1], self._best[2])
                self._restart()
                return Seen(Guidance.TAKING, 1.0, sight.corners, shot)
        else:
            self._restart()
        steadiness = 0.0
        if self._good_since is not None:
            steadiness = min(1.0, (at_seconds - self._good_since) / self._settings.steady_seconds)
        return Seen(self._calm(advice, at_seconds), steadiness, sight.corners, None)

    def take_now(self) -> Shot | None:
        """The manual button: the best there is now, whatever it is worth; None only before the first frame."""
        if self._last is None:
            return None
        frame, sight = self._last
        return self._shoot(frame, sight)

    def _restart(self) -> None:
        self._good_since, self._good_frames, self._best = None, 0, None

    def _advise(self, sight: Sight, motion: float) -> Guidance:
        rules = self._settings
        if sight.corners is None:
            return Guidance.NO_DOCUMENT
        if self._is_wrong_side(sight):
            return Guidance.TURN_OVER
        if sight.margin < rules.least_margin and sight.width > 0.35:
            return Guidance.FURTHER if sight.width > rules.most_width else Guidance.CENTER
        if sight.width < rules.least_width:
            return Guidance.CLOSER
        if sight.tilt > rules.most_tilt:
            return Guidance.STRAIGHTEN
        if motion > rules.most_motion:
            return Guidance.HOLD_STILL
        if sight.luma < rules.least_luma:
            return Guidance.DARK
        if sight.glare > rules.most_glare:
            return Guidance.GLARE
        if sight.texture < rules.least_texture:
            return Guidance.NO_DOCUMENT
        if sight.sharpness < rules.least_sharpness:
            return Guidance.HOLD_STILL
        if sight.grid is None and not is_card_shaped(sight.corners):
            return Guidance.HOLD_STILL  # a passport page or an old card shows its zone: wait for it
        return Guidance.TAKING

    def _settle_for(self, sight: Sight, now: float) -> Guidance:
        """A document that lies still and never gets sharper is taken as it is: nobody is kept waiting for a lens."""
        rules = self._settings
        if self._soft_since is None:
            self._soft_since, self._sharpest = now, 0.0
        self._sharpest = max(self._sharpest, sight.sharpness)
        is_best = sight.sharpness >= max(rules.soft_sharpness, 0.9 * self._sharpest)
        has_zone = sight.grid is not None or (sight.corners is not None and is_card_shaped(sight.corners))
        is_time = now - self._soft_since >= rules.soft_seconds
        return Guidance.TAKING if is_time and is_best and has_zone else Guidance.HOLD_STILL

    def _is_worth_taking(self, frame: Picture, sight: Sight) -> bool:
        """A first side without a zone must bear a portrait: a bank card bears neither. Looked for once a rest."""
        if sight.grid is not None or self._first_had_zone or sight.corners is None:
            return True
        if self._portrait is not None and np.abs(self._portrait[0] - sight.corners).max() < 0.01 * frame.shape[1]:
            return self._portrait[1]
        self._portrait = (sight.corners, has_portrait(frame, sight.corners))
        return self._portrait[1]

    def _is_wrong_side(self, sight: Sight) -> bool:
        if self._first_had_zone is None:
            return False
        return self._first_had_zone == (sight.grid is not None)

    def _calm(self, advice: Guidance, now: float) -> Guidance:
        """Change what is shown only when the new advice has lasted and the old one could be read."""
        if advice != self._wanted[0]:
            self._wanted = (advice, now)
        has_lasted = now - self._wanted[1] >= self._settings.calm_seconds
        if advice != self._shown and (has_lasted or advice is Guidance.TAKING or self._shown_at < 0):
            self._shown, self._shown_at = advice, now
        return self._shown

    def _shoot(self, frame: Picture, sight: Sight) -> Shot:
        corners = sight.corners
        if corners is None:
            height, width = frame.shape[:2]
            corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        corners = _upright(frame, sight, ordered(corners))
        is_card = is_card_shaped(corners)
        picture = rectify(frame, corners, is_card=is_card)
        return Shot(self._side, picture, to_jpeg(picture), frame.copy(), is_card, sight.sharpness)


def _upright(frame: Picture, sight: Sight, corners: Corners) -> Corners:
    """Turn the corners so that the zone is at the foot of the picture, or the portrait on its shoulders."""
    if sight.grid is None:
        return np.roll(corners, -2, axis=0) if is_portrait_upside_down(frame, corners) else corners
    grey = frame.mean(axis=2).astype(np.uint8)
    grid = sight.grid.turned() if is_upside_down(grey, sight.grid) else sight.grid
    zone = grid.outline()
    reading = zone[1] - zone[0]
    along = corners[1] - corners[0]
    return corners if float(reading @ along) >= 0 else np.roll(corners, -2, axis=0)


def _motion(before: Sight, now: Sight) -> float:
    """How far the document went since the last frame, as a share of its width."""
    if before.corners is None or now.corners is None or before.is_outline != now.is_outline:
        return 1.0
    width = max(float(np.hypot(*(now.corners[1] - now.corners[0]))), 1.0)
    return float(np.hypot(*(now.corners - before.corners).T).mean()) / width
