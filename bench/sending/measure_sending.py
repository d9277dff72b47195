"""How many subscribers a desk writes to in a second, and whom it misses or writes to twice when it is killed half-way.

    python bench/sending/measure_sending.py --readers 100000

The desk's sender and the mail server (aiosmtpd) are processes of their own on this machine. The sender is killed with
SIGKILL when the server has taken half of the mails, and started anew; then every address is counted at the server.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import insert

from pulih.adapters.sql.engine import open_engine, sqlite_url, writing
from pulih.adapters.sql.outbox_store import SqlOutbox
from pulih.adapters.sql.subscription_tables import subscriptions, topics
from pulih.adapters.sql.upgrading import upgrade
from pulih.model.bulletin import PublicIncident, PublicScope, Word
from pulih.model.subscription import QueuedWord

HERE = Path(__file__).parent
NOW_US = 1_759_457_520_000_000
TEXT_ID = (
    "Internet seluler Smartfren tidak dapat dipakai di DKI Jakarta sejak pukul 08.48 WIB. Kami mohon maaf: banyak "
    "pelanggan tidak dapat bekerja dan berbelanja. Telepon dan SMS tetap berjalan, dan 112 dapat dihubungi."
)
TEXT_EN = "Smartfren mobile internet cannot be used in DKI Jakarta since 08:48 WIB. We apologise: many cannot work."


def word() -> QueuedWord:
    """Return a word about mobile internet in Jakarta."""
    scope = PublicScope(stage="investigating", service="mobile_data", region="31", symptom="no_internet")
    incident = PublicIncident(
        id="20251003-a1b2",
        operator="smartfren",
        title_id="Internet seluler Smartfren tidak dapat dipakai",
        title_en="Smartfren mobile internet cannot be used",
        stage="investigating",
        severity="major",
        scopes=(scope,),
        onset_us=NOW_US - 1_440_000_000,
        updated_us=NOW_US,
    )
    said = Word(
        id="n1",
        number=5,
        kind="holding",
        stage="investigating",
        published_us=NOW_US,
        text_id=TEXT_ID,
        text_en=TEXT_EN,
        next_update_by_us=NOW_US + 3_600_000_000,
    )
    return QueuedWord(incident=incident, word=said)


def filled(url: str, readers: int) -> float:
    """Make a database with so many readers, queue a word for them, and return how long queueing took in seconds."""
    engine = open_engine(url, "desk")
    upgrade(engine, "desk")
    rows = [
        {
            "id": f"{number:016x}",
            "channel": "email",
            "address": f"orang{number}@example.id",
            "address_key": f"key{number}",
            "language": "id" if number % 4 else "en",
            "pace": "each",
            "quiet": False,
            "state": "active",
            "made_us": NOW_US - 2,
            "confirmed_us": NOW_US - 1,
            "ended_us": None,
        }
        for number in range(readers)
    ]
    chosen = [{"subscription": row["id"], "kind": "region", "value": "31.74"} for row in rows[::2]]
    with writing(engine) as connection:
        connection.execute(insert(subscriptions), rows)
        connection.execute(insert(topics), chosen)
    begun = time.perf_counter()
    assert SqlOutbox(engine).queue(word(), [], NOW_US) == readers
    took_s = time.perf_counter() - begun
    engine.dispose()
    return took_s


def begun_sink(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Start the mail server, and return it with its port."""
    sink = subprocess.Popen([sys.executable, str(HERE / "mail_sink.py"), str(folder / "port"), str(folder / "taken")])
    while not (folder / "port").is_file() or not (folder / "port").read_text():
        time.sleep(0.05)
    return sink, int((folder / "port").read_text())


def lines(file: Path) -> list[str]:
    """Return the addresses that the server took mail for so far."""
    return file.read_text().split() if file.is_file() else []


def measure(readers: int, folder: Path) -> None:
    """Measure, and write what came out."""
    url = sqlite_url(folder / "desk.db")
    queued_s = filled(url, readers)
    sink, port = begun_sink(folder)
    command = [sys.executable, str(HERE / "send_all.py"), url, str(port)]
    try:
        killed = subprocess.Popen(command)
        while len(lines(folder / "taken")) < readers / 2 and killed.poll() is None:
            time.sleep(0.1)
        killed.kill()
        killed.wait()
        at_kill = len(lines(folder / "taken"))
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        got = Counter(lines(folder / "taken"))
    finally:
        sink.kill()
        sink.wait()
    states = dict(SqlOutbox(open_engine(url, "desk")).progress(1)[0].counts)
    sys.stdout.write(
        f"{readers:,} readers: queued in one transaction in {queued_s:.1f} s\n"
        f"killed when {at_kill:,} were taken; started anew: {told}\n"
        f"written to twice: {sum(count - 1 for count in got.values())}; missed: {readers - len(got)}; "
        f"uncertain: {states.get('uncertain', 0)}; states: {states}\n"
    )


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--readers", type=int, default=100_000)
    with tempfile.TemporaryDirectory() as made:
        measure(arguments.parse_args().readers, Path(made))
