"""One side of a document before the camera: what to tell the person, and when the picture takes itself.

Pure in time: the caller says when each frame was seen. It never reads the zone: that is ``reader``'s.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from kiosk.capture.grid import Grey, find_grid
from kiosk.capture.outline import ordered
from kiosk.capture.portrait import portrait_turn
from kiosk.capture.shot import Corners, Picture, Shot, cut_out, is_card_shaped, rectify, to_jpeg
from kiosk.capture.sight import EMPTY, Sight, look
from kiosk.capture.upright import is_upside_down
from kiosk.core.confidential import Confidential
from kiosk.core.sources.document import Guidance, Side

_AGAIN = 1.0  # seconds until a portrait that was not there is looked for again
_ZONE_SIDE = 1280  # pixels: the size at which a shot's own zone is looked for


@dataclass(frozen=True, slots=True)
class CaptureSettings:
    """Limits of a good picture; start values measured on specimens, to be adjusted to the place's light and tray."""

    steady_seconds: float = 0.5
    least_frames: int = 5
    least_width: float = 0.42  # of the frame
    most_width: float = 0.985
    least_margin: float = 0.006
    most_tilt: float = 0.16
    most_glare: float = 0.03
    most_spot: float = 0.12  # of a place as large as a portrait
    most_burnt: float = 0.35
    most_luma: float = 243.0
    most_covered: float = 0.012
    least_luma: float = 62.0
    least_sharpness: float = 0.55
    soft_sharpness: float = 0.40  # enough after soft_seconds of trying: a camera may have no better
    soft_seconds: float = 3.0
    least_texture: float = 9.0  # a blank sheet has none
    most_motion: float = 0.006  # of the document's width, between two frames
    most_stir: float = 3.0  # mean change of brightness between two frames in which nothing was found
    calm_seconds: float = 0.35  # new advice must have lasted so long
    read_seconds: float = 0.7  # an instruction is shown at least so long, unless the picture is being taken
    stale_seconds: float = 1.0  # what no frame has confirmed for so long gives way
    unfit_seconds: float = 1.2  # what lies still and is no identity document: said after so long
    nothing_seconds: float = 10.0  # without a document: the instruction is put in other words
    recent_seconds: float = 2.0  # the manual button takes the best picture of so long


@dataclass(frozen=True, slots=True, repr=False)
class Seen(Confidential):
    """What a frame led to."""

    guidance: Guidance
    steadiness: float  # 0 to 1: how near the picture is to taking itself
    preview_quad: Corners | None  # the document's corners in the frame
    shot: Shot | None
    shape: str = ""  # "ID-1", "ID-2", "ID-3": the document's size; "" without one


@dataclass(slots=True, repr=False)
class _Spell(Confidential):
    """A stretch of frames and the best of them."""

    since: float
    frames: int = 0
    worth: float = -1e9
    best: tuple[Picture, Sight] | None = None

    def add(self, frame: Picture, sight: Sight) -> None:
        self.frames += 1
        worth = _worth(sight)
        if worth > self.worth:
            self.worth, self.best = worth, (frame, sight)


class CaptureSession:
    """Feeds on preview frames of one side until a picture is good.

    ``first_had_zone``: for the second side, whether the first one bore the machine-readable zone; the same side shown
    again is then answered by "turn it over". A document that lies upside down is taken and turned: nobody is asked to.
    """

    def __init__(
        self, side: Side, settings: CaptureSettings | None = None, *, first_had_zone: bool | None = None
    ) -> None:
        self._side = side
        self._rules = settings or CaptureSettings()
        self._first_had_zone = first_had_zone
        self._last: tuple[Picture, Sight] | None = None
        self._spell: _Spell | None = None  # good frames, one after the other
        self._recent: tuple[float, Picture, Sight] | None = None  # the best frame with a document of late
        self._shown, self._shown_at, self._confirmed_at = Guidance.NO_DOCUMENT, -1e9, 0.0
        self._wanted = (Guidance.NO_DOCUMENT, -1e9)
        self._count = 0
        self._soft_since: float | None = None  # only sharpness has been missing since
        self._sharpest = 0.0
        self._unfit_since: float | None = None  # something lies there that is no identity document
        self._none_since: float | None = None  # nothing has been seen
        self._seen_at = -1e9  # when a document was last seen
        self._portrait: tuple[Corners, bool, float] | None = None  # where one was looked for, whether it was there

    def feed(self, frame: Picture, at_seconds: float) -> Seen:
        """Look at one frame; ``shot`` is given once, when the picture took itself."""
        self._count += 1
        if self._count == 1:
            self._confirmed_at = at_seconds
        before = self._last[1] if self._last is not None else EMPTY
        every = 2 if not before.is_outline else 4 if not before.is_searched else 10  # what lies still, keeps its zone
        sight = look(frame, with_grid=self._count % every == 0, before=before)
        motion = _motion(before, sight)
        self._last = (frame, sight)
        if sight.corners is None:
            advice = self._advise_without(sight, _stir(before, sight), at_seconds)
        else:
            self._seen_at = at_seconds
            self._remember(frame, sight, at_seconds)
            advice = self._advise(frame, sight, motion, at_seconds)
        advice = self._with_patience(advice, at_seconds)
        if advice is not Guidance.TAKING:
            self._spell = None
            return Seen(self._calm(advice, at_seconds), 0.0, sight.corners, None, sight.shape)
        if self._spell is None:
            self._spell = _Spell(at_seconds)
        self._spell.add(frame, sight)
        steadiness = min(1.0, (at_seconds - self._spell.since) / self._rules.steady_seconds)
        if steadiness >= 1.0 and self._spell.frames >= self._rules.least_frames and self._spell.best is not None:
            shot = self._shoot(*self._spell.best)
            self._spell = None
            return Seen(Guidance.TAKING, 1.0, sight.corners, shot, sight.shape)
        return Seen(self._calm(advice, at_seconds), steadiness, sight.corners, None, sight.shape)

    def take_now(self) -> Shot | None:
        """The manual button: the best there was just now, whatever it is worth; None only before the first frame."""
        if self._last is None:
            return None
        return self._shoot(*(self._recent[1:] if self._recent is not None else self._last))

    def _remember(self, frame: Picture, sight: Sight, now: float) -> None:
        """Keep the best frame of the last moment, and no other."""
        kept = self._recent
        if kept is None or now - kept[0] > self._rules.recent_seconds or _worth(sight) >= _worth(kept[2]):
            self._recent = (now, frame, sight)

    def _advise_without(self, sight: Sight, stir: float, now: float) -> Guidance:
        """Nothing of a document's shape: a hand may hide it, two may lie on each other, it may be under the lens."""
        was_there = now - self._seen_at < self._rules.nothing_seconds
        if stir > self._rules.most_stir:
            return Guidance.NO_DOCUMENT
        if sight.is_held:
            return Guidance.COVERED
        if sight.is_heap:
            return Guidance.ONE_ONLY
        return Guidance.FURTHER if sight.is_filled and was_there else Guidance.NO_DOCUMENT

    def _advise(self, frame: Picture, sight: Sight, motion: float, now: float) -> Guidance:
        rules = self._rules
        if sight.count > 1 or (sight.is_heap and sight.shape != "ID-3"):  # an open passport is a heap of two pages
            return Guidance.ONE_ONLY
        if self._first_had_zone and sight.grid is not None:
            return Guidance.TURN_OVER
        if sight.is_held and motion <= rules.most_motion:
            return Guidance.COVERED
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
        if sight.burnt > rules.most_burnt or sight.luma > rules.most_luma:
            return Guidance.BURNT
        if sight.covered > rules.most_covered:
            return Guidance.COVERED
        if sight.glare > rules.most_glare or sight.spot > rules.most_spot:
            return Guidance.GLARE
        if sight.texture < rules.least_texture:
            return Guidance.OTHER_THING
        if sight.sharpness < rules.least_sharpness and not self._is_soft_enough(sight, now):
            return Guidance.BLURRED
        if not self._is_worth_taking(frame, sight, now):
            return Guidance.OTHER_THING
        if self._first_had_zone is False and sight.grid is None:
            return Guidance.TURN_OVER
        return Guidance.TAKING

    def _with_patience(self, advice: Guidance, now: float) -> Guidance:
        """What has lasted is said in other words; a thing is not called wrong at its first sight."""
        if advice is not Guidance.BLURRED and advice is not Guidance.TAKING:
            self._soft_since = None
        if advice is not Guidance.OTHER_THING:
            self._unfit_since = None
        elif self._unfit_since is None:
            self._unfit_since = now
        if self._unfit_since is not None and now - self._unfit_since < self._rules.unfit_seconds:
            return self._shown if self._shown is not Guidance.TAKING else Guidance.HOLD_STILL
        if advice is not Guidance.NO_DOCUMENT:
            self._none_since = None
        elif self._none_since is None:
            self._none_since = now
        is_long = self._none_since is not None and now - self._none_since >= self._rules.nothing_seconds
        return Guidance.NOTHING_YET if is_long else advice

    def _is_soft_enough(self, sight: Sight, now: float) -> bool:
        """A document that lies still and never gets sharper is taken as it is: nobody is kept waiting for a lens."""
        rules = self._rules
        if self._soft_since is None:
            self._soft_since, self._sharpest = now, 0.0
        self._sharpest = max(self._sharpest, sight.sharpness)
        is_best = sight.sharpness >= max(rules.soft_sharpness, 0.9 * self._sharpest)
        return now - self._soft_since >= rules.soft_seconds and is_best

    def _is_worth_taking(self, frame: Picture, sight: Sight, now: float) -> bool:
        """A passport's page or an old card shows its zone, a first side without one a portrait: a bank card neither.

        Looked for once while it lies there, and again now and then as long as none was seen.
        """
        if sight.grid is not None or sight.corners is None:
            return True
        if not is_card_shaped(sight.corners):
            return False
        if self._first_had_zone is not None:
            return True
        if self._portrait is not None:
            is_there = np.abs(self._portrait[0] - sight.corners).max() < 0.01 * frame.shape[1]
            if is_there and (self._portrait[1] or now - self._portrait[2] < _AGAIN):
                return self._portrait[1]
        self._portrait = (sight.corners, portrait_turn(frame, sight.corners) is not None, now)
        return self._portrait[1]

    def _calm(self, advice: Guidance, now: float) -> Guidance:
        """Change what is shown only when the new advice has lasted and the old one could be read.

        What nothing has confirmed for a while gives way, even to advice that wavers.
        """
        if advice is self._shown:
            self._confirmed_at = now
        if advice is not self._wanted[0]:
            self._wanted = (advice, now)
        has_lasted = now - self._wanted[1] >= self._rules.calm_seconds
        was_read = self._shown is Guidance.TAKING or now - self._shown_at >= self._rules.read_seconds
        is_stale = now - self._confirmed_at >= self._rules.stale_seconds
        if advice is not self._shown and (advice is Guidance.TAKING or (was_read and (has_lasted or is_stale))):
            self._shown, self._shown_at, self._confirmed_at = advice, now, now
        return self._shown

    def _shoot(self, frame: Picture, sight: Sight) -> Shot:
        corners = sight.corners
        if corners is None:
            height, width = frame.shape[:2]
            corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        corners = _upright(frame, sight, ordered(corners))
        is_card = is_card_shaped(corners)
        picture = rectify(frame, corners, is_card=is_card)
        untouched = to_jpeg(cut_out(frame, corners))
        return Shot(self._side, picture, to_jpeg(picture), untouched, frame.copy(), is_card, sight.sharpness)


def _worth(sight: Sight) -> float:
    """How good a frame is among others of the same document: sharp, and nothing eaten or hidden."""
    return sight.sharpness - 4 * sight.glare - 2 * sight.spot - 4 * sight.covered


def _upright(frame: Picture, sight: Sight, corners: Corners) -> Corners:
    """Turn the corners so that the zone is at the foot of the picture, or the portrait on its shoulders.

    The zone is looked for anew, in this very frame and larger than the preview does: unless the preview knew none and
    there is a portrait, whose printed lines might be taken for a zone.
    """
    grey: Grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    grid = sight.grid
    turn = portrait_turn(frame, corners) if grid is None else None
    if turn is None:
        scale = min(1.0, _ZONE_SIDE / max(grey.shape))
        sized = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
        found = find_grid(sized)
        grid = found.scaled(1 / scale) if found is not None else grid
    if grid is None:
        return np.roll(corners, -(turn or 0), axis=0)
    if is_upside_down(grey, grid):
        grid = grid.turned()
    zone = grid.outline()
    reading = zone[1] - zone[0]
    along = corners[1] - corners[0]
    return corners if float(reading @ along) >= 0 else np.roll(corners, -2, axis=0)


def _stir(before: Sight, now: Sight) -> float:
    """How much changed between two frames in which nothing was found."""
    if before.thumb is None or now.thumb is None:
        return 255.0
    return float(cv2.absdiff(before.thumb, now.thumb).mean())


def _motion(before: Sight, now: Sight) -> float:
    """How far the document went since the last frame, as a share of its width."""
    if before.corners is None or now.corners is None or before.is_outline != now.is_outline:
        return 1.0
    width = max(float(np.hypot(*(now.corners[1] - now.corners[0]))), 1.0)
    return float(np.hypot(*(now.corners - before.corners).T).mean()) / width
