"""Software tokens (SoftHSM): the library is loaded once a process, so all of a process's tokens are made before."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "4711"


@contextmanager
def holding(directory: Path, keys: dict[str, tuple[str, Path]]) -> Iterator[None]:
    """Tokens by name, each with one key: what it is called there, and the file it comes from."""
    (directory / "tokens").mkdir()
    conf = directory / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {directory}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(conf)  # SoftHSM reads it from the environment when the module is loaded
    for name, (label, key) in keys.items():
        init = ["--init-token", "--free", "--label", name, "--so-pin", "0000", "--pin", PIN]
        bring = ["--import", str(key), "--token", name, "--label", label, "--id", "01", "--pin", PIN]
        for command in (init, bring):
            subprocess.run(["softhsm2-util", *command], check=True, capture_output=True)
    yield
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before
