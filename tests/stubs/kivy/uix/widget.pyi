from collections.abc import Iterator, Sequence

from kivy.event import EventDispatcher
from kivy.graphics import Canvas
from kivy.input import MotionEvent

class Widget(EventDispatcher):
    canvas: Canvas
    x: float
    y: float
    width: float
    height: float
    right: float
    top: float
    center_x: float
    center_y: float
    opacity: float
    pos: Sequence[float]
    size: Sequence[float]
    def __init__(self, **properties: object) -> None: ...
    def add_widget(self, widget: Widget) -> None: ...
    def remove_widget(self, widget: Widget) -> None: ...
    def clear_widgets(self) -> None: ...
    def walk(self, *, restrict: bool) -> Iterator[Widget]: ...
    def collide_point(self, x: float, y: float) -> bool: ...
    def on_touch_down(self, touch: MotionEvent) -> bool: ...
    def on_touch_up(self, touch: MotionEvent) -> bool: ...
