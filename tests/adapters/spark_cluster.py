"""A standalone cluster of Spark on this machine: a master and workers from the wheel of PySpark, one core each."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pyspark

from pulih.adapters.credit.spark_java import java_home

# Short programs gain nothing from Java's better compiler and its collector's threads.
BRIEF_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData"
# A few hundred rows: no compiling of queries, two pieces, everything on this machine, and both workers before a task.
BRIEF_SPARK = {
    "spark.driver.extraJavaOptions": BRIEF_JAVA,
    "spark.executor.extraJavaOptions": BRIEF_JAVA,
    "spark.driver.memory": "512m",
    "spark.executor.memory": "512m",
    "spark.executor.cores": "1",
    "spark.cores.max": "2",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.scheduler.minRegisteredResourcesRatio": "1.0",
    "spark.scheduler.maxRegisteredResourcesWaitingTime": "300s",
    "spark.locality.wait": "0s",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.maxPlanStringLength": "100",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "2",
}
_PATIENCE_S = 120


class Cluster:
    """A running cluster: its address, and the folders of its workers."""

    def __init__(self, address: str, workers: tuple[Path, ...]) -> None:
        self.address = address
        self._workers = workers

    def tasks_taken(self) -> tuple[int, ...]:
        """Tasks that each worker's executors finished, by their own logs."""
        return tuple(
            sum(log.read_text(encoding="utf-8").count("Finished task") for log in folder.glob("app-*/*/stderr"))
            for folder in self._workers
        )


@contextmanager
def running_cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """Start a master and workers, which keep their logs in `folder`; all of them end afterwards."""
    port = _free_port()
    address = f"spark://127.0.0.1:{port}"
    homes = tuple(folder / f"worker-{number}" for number in range(workers))
    with ExitStack() as stack:
        master = ["master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
        stack.enter_context(_daemon(master, folder))
        _wait_for(port)
        for home in homes:
            worker = ["worker.Worker", "--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", "600m"]
            stack.enter_context(_daemon([*worker, "--work-dir", str(home), address], folder))
        yield Cluster(address, homes)


@contextmanager
def _daemon(arguments: list[str], folder: Path) -> Iterator[None]:
    name = f"org.apache.spark.deploy.{arguments[0]}"
    script = Path(pyspark.__file__).parent / "bin" / "spark-class"
    settings = {
        "JAVA_HOME": os.environ.get("JAVA_HOME") or java_home(folder),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LAUNCHER_OPTS": BRIEF_JAVA,
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": BRIEF_JAVA,
    }
    with (folder / "daemons.log").open("ab") as log:
        process = subprocess.Popen(
            [str(script), name, *arguments[1:]], env={**os.environ, **settings}, stdout=log, stderr=log
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    begun = time.monotonic()
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() - begun < _PATIENCE_S, "the master did not come up; see daemons.log"
            time.sleep(0.05)
