"""How Kivy and OpenGL are started: nothing written in anybody's home, no log, no settings, no way out by a key."""

import logging
import os
from pathlib import Path

_ENVIRONMENT = {
    "KIVY_NO_ARGS": "1",
    "KIVY_NO_CONFIG": "1",
    "KIVY_NO_ENV_CONFIG": "1",
    "KIVY_NO_CONSOLELOG": "1",
    "KIVY_NO_FILELOG": "1",
    "KIVY_LOG_MODE": "PYTHON",  # leaves Python's own logging and the error stream alone
    "KIVY_METRICS_DENSITY": "1",
    "KIVY_METRICS_FONTSCALE": "1",
    "KIVY_WINDOW": "sdl2",
    "KIVY_TEXT": "sdl2",
    "MESA_SHADER_CACHE_DISABLE": "true",  # our handful of shaders is made anew at each start
    "SDL_MOUSE_FOCUS_CLICKTHROUGH": "1",  # the first touch counts, whatever window had the focus before
}


def prepare(home: Path, size: tuple[int, int], fullscreen: bool) -> None:
    """Set Kivy up before its window is made. ``home`` is a private temporary directory."""
    os.environ.update(_ENVIRONMENT, KIVY_HOME=str(home))
    quiet = logging.getLogger("kivy")
    quiet.setLevel(logging.CRITICAL + 1)
    quiet.propagate = False

    from kivy.config import Config  # noqa: PLC0415 - Kivy reads the environment when imported

    settings: dict[str, dict[str, object]] = {
        "kivy": {"exit_on_escape": 0, "desktop": 0, "log_enable": 0, "keyboard_mode": "", "pause_on_minimize": 0},
        "graphics": {
            "width": size[0],
            "height": size[1],
            "fullscreen": "auto" if fullscreen else 0,
            "borderless": int(fullscreen),
            "resizable": int(not fullscreen),
            "show_cursor": int(not fullscreen),
            "multisamples": 0,  # our edges are smooth by themselves; sampling four times costs a small machine dearly
            "maxfps": 30,
            "vsync": 0,
            "allow_screensaver": 0,
        },
    }
    for section, values in settings.items():
        for key, value in values.items():
            Config.set(section, key, str(value))
    for device in list(Config.options("input")):
        Config.remove_option("input", device)
    # A touch screen moves the pointer too: one pointer, no red dots for a second finger.
    Config.set("input", "mouse", "mouse,disable_multitouch")
    Config.remove_section("modules")
    Config.add_section("modules")
