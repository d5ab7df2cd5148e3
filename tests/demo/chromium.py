"""Debian's Chromium without a window: its other one draws bars and keeps hidden pages for who types addresses."""

from playwright.sync_api import Browser, Playwright

PROGRAM = "/usr/bin/chromium-headless-shell"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic")


def begun(playwright: Playwright, *more: str) -> Browser:
    return playwright.chromium.launch(executable_path=PROGRAM, args=[*FLAGS, *more])
