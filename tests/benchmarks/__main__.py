"""Run every bench of this folder, one process each; exit code 1 when one of them misses its goal."""

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Run them in the order of their names."""
    missed = []
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        print(f"== {path.stem}", flush=True)
        if subprocess.run([sys.executable, "-m", f"tests.benchmarks.{path.stem}"], check=False).returncode:
            missed.append(path.stem)
    if missed:
        print("goal missed: " + ", ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
