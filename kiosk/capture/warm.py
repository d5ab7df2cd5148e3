"""Loads the recognisers before they are needed, beside what the patient sees."""

import threading


def warm_up() -> None:
    """Load the models on a thread of their own (a second): the first patient's reading does not wait for them."""
    threading.Thread(target=_load, name="models", daemon=True).start()


def _load() -> None:
    from kiosk.capture.reader import shared_reader  # noqa: PLC0415 - the libraries alone take half a second

    shared_reader()
