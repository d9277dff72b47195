"""Run the main job on the bundled simulated day, and say which file to open.

    python tools/demo.py [--out DIR]

With HEADLESS=1 nothing is opened; otherwise the report is handed to a browser where a display is there.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

DEMO = Path(__file__).resolve().parent.parent / "src" / "pulih" / "data" / "demo"
DAY = DEMO / "smartfren-2025-10-03-simulated.csv.gz"


def main() -> int:
    """Run the backtest and return its exit code."""
    parser = argparse.ArgumentParser(description="Run Pulih on the bundled simulated day.")
    parser.add_argument("--out", type=Path, default=Path("demo-out"), help="folder for the results")
    folder = parser.parse_args().out
    print("The bundled day: a simulation of 3 October 2025 with four quiet weeks before it.")
    print("Every post in it is invented; what is fact and what is not stands in src/pulih/data/demo/README.md.")
    command = [
        _pulih(),
        "backtest",
        str(DAY),
        "--operator",
        "Smartfren",
        "--tz",
        "Asia/Jakarta",
        "--out",
        str(folder),
    ]
    print(f"\nRunning: pulih backtest {DAY.name} {' '.join(command[3:])}\n", flush=True)
    code = subprocess.run(command, check=False).returncode
    if code != 0:
        print(f"\nThe backtest ended with exit code {code}; its own sentence above says why.", file=sys.stderr)
        return code
    report = (folder / "report.html").resolve()
    print(f"\nOpen this file in a browser: {report}")
    _show(report)
    return 0


def _pulih() -> str:
    """Return the command of the environment that runs this file."""
    return str(Path(sys.executable).with_name("pulih"))


def _show(report: Path) -> None:
    """Hand the report to a browser without waiting, where one may be opened."""
    display = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if os.environ.get("HEADLESS", "") in {"", "0"} and display:
        # In a process of its own: some browsers stay in the foreground, and nobody should wait for them.
        quiet = subprocess.DEVNULL
        opening = [sys.executable, "-m", "webbrowser", report.as_uri()]
        subprocess.Popen(opening, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)


if __name__ == "__main__":
    raise SystemExit(main())
