class MotionEvent:
    pos: tuple[float, float]
    ud: dict[str, object]
    @property
    def is_mouse_scrolling(self) -> bool: ...
