"""The patient's window, as the rest of the house sees it: show a screen, hear touches. Kivy starts when one is made."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from kiosk.core.turn.screens import Screen, Touch
from kiosk.ui.environment import prepare
from kiosk.ui.look import Look
from kiosk.ui.plan import Item
from kiosk.ui.preview import Preview


class KioskWindow:
    """One window a process. Made and run on the main thread; ``show`` and ``close`` may be called from any."""

    def __init__(
        self,
        post: Callable[[Touch], None],
        preview: Callable[[], Preview | None],
        structure_name: str,
        fullscreen: bool = True,
        size: tuple[int, int] = (1080, 1920),
        look: Look | None = None,
    ) -> None:
        with tempfile.TemporaryDirectory(prefix="kiosk-window-") as home:  # Kivy wants one to start, and never again
            prepare(Path(home), size, fullscreen)
            from kiosk.ui.stage import Stage  # noqa: PLC0415 - importing it opens Kivy's window

        self._stage = Stage(post, preview, structure_name, look or Look(), closable=not fullscreen)
        self.on_shown: Callable[[str, list[Item]], None] | None = None
        self._stage.on_shown = self._shown

    @property
    def showing(self) -> str:
        """Name of the screen that stands in the window: what a touch being posted was meant for. On Kivy's thread."""
        return self._stage.view.page.name if self._stage.view else ""

    def show(self, screen: Screen) -> None:
        """Show a screen; the newest one wins. From any thread."""
        self._stage.show(screen)

    def run(self) -> None:
        """Run until ``close``; blocks."""
        self._stage.run()

    def close(self) -> None:
        """End ``run``. From any thread."""
        self._stage.stop()

    def describe(self) -> list[Item]:
        """List what is on the screen, with its place in pixels from the top left. On Kivy's thread."""
        return self._stage.describe()

    def snapshot(self) -> tuple[int, int, bytes]:
        """Give width, height and RGB rows of what is shown, for tests and the demonstration. On Kivy's thread."""
        return self._stage.snapshot()

    def nothing_is_cut(self) -> bool:
        """Say whether every text lies wholly in its box. On Kivy's thread."""
        return self._stage.view is None or self._stage.view.nothing_is_cut()

    def _shown(self, name: str, items: list[Item]) -> None:
        if self.on_shown:
            self.on_shown(name, items)
