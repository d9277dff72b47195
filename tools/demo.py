"""Run Pulih on the bundled simulated day: first as a report of yesterday, then as a live desk that hears it all.

    python tools/demo.py [--out DIR] [--port 8000]

The report is what `pulih backtest` writes. Then a desk is started on a temporary folder: four quiet weeks teach it what
is usual, and the day comes in through its intake, from the morning on sixty times as fast as the world, until Ctrl-C.
With HEADLESS=1 nothing is opened, the day comes as fast as it can, what was found when is printed, and it ends.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

DEMO = Path(__file__).resolve().parent.parent / "src" / "pulih" / "data" / "demo"
DAY = DEMO / "smartfren-2025-10-03-simulated.csv.gz"


def main() -> int:
    """Run both and return the exit code."""
    parser = argparse.ArgumentParser(description="Run Pulih on the bundled simulated day.")
    parser.add_argument("--out", type=Path, default=Path("demo-out"), help="folder for the results of the backtest")
    parser.add_argument("--port", type=int, default=8000, help="port of the live desk")
    asked = parser.parse_args()
    headless = os.environ.get("HEADLESS", "") not in {"", "0"}
    print("The bundled day: a simulation of 3 October 2025 with four quiet weeks before it.")
    print("Every post in it is invented; what is fact and what is not stands in src/pulih/data/demo/README.md.")
    code = _report(asked.out)
    if code != 0:
        return code
    report = (asked.out / "report.html").resolve()
    print(f"\nOpen this file in a browser: {report}\n", flush=True)
    # Processes that read texts begin with this file too, and need none of what a desk is made of.
    from demo_desk import DemoDesk  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="pulih-demo-") as folder:
        desk = DemoDesk(Path(folder) / "desk", asked.port, DAY)
        return desk.headless() if headless else desk.live(_show)


def _report(folder: Path) -> int:
    """Run the backtest of the day and return its exit code."""
    command = [
        str(Path(sys.executable).with_name("pulih")),
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


def _show(address: str) -> None:
    """Hand an address to a browser without waiting, where one may be opened."""
    if sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        # In a process of its own: some browsers stay in the foreground, and nobody should wait for them.
        quiet = subprocess.DEVNULL
        opening = [sys.executable, "-m", "webbrowser", address]
        subprocess.Popen(opening, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)


if __name__ == "__main__":
    raise SystemExit(main())
