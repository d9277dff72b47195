"""No file of the project names a package host, a path of somebody's machine, or an unhashed package."""

from __future__ import annotations

import json
import re

from checkout import texts

# The names are joined here, so that this file is clean by its own rule.
HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("rubygems", "org"),
        ("repo", "anaconda", "com"),
        ("conda", "anaconda", "org"),
        ("repo1", "maven", "org"),
        ("registry", "hub", "docker", "com"),
        ("huggingface", "co"),
    )
)
MACHINE_PATH = re.compile(r"(?<![\w.~\-/])/(?:" + "|".join(("work", "root", "home", "Users", "mnt", "media")) + ")/")
SHARED = "/".join(("..", "shared"))
MAY_NAME_SHARED = (
    "tests/replay/",
    "tests/README.md",
    "tools/bench",
    "bench/",
    "docs/benchmarks",
    "docs/decisions/",
    "Makefile",
    ".ci/",
    "README.md",
    "ARCHITECTURE.md",
)
LOCKS = ("requirements/run.lock", "requirements/dev.lock", "requirements/peers.lock")
NODE_LOCK = "package-lock.json"


def test_no_file_names_a_package_host() -> None:
    named = [(name, host) for name, text in texts() for host in HOSTS if host in text]
    assert named == []


def test_no_file_holds_an_absolute_path_of_a_machine() -> None:
    held = [(name, found[0]) for name, text in texts() for found in MACHINE_PATH.finditer(text)]
    assert held == []


def test_data_beside_the_checkout_is_named_by_replay_tests_and_benchmarks_only() -> None:
    naming = [name for name, text in texts() if SHARED in text and not name.startswith(MAY_NAME_SHARED)]
    assert naming == []


def test_lock_files_hold_no_address_and_a_hash_for_every_package() -> None:
    locks = {name: text for name, text in texts() if name in LOCKS}
    assert sorted(locks) == sorted(LOCKS), "make lock writes them"
    for name, text in locks.items():
        assert not re.search(r"https?:|--(extra-)?index-url|--find-links", text), name
        packages = re.split(r"\n(?=[a-z0-9])", text.strip())
        assert [package.split("\n")[0] for package in packages if "--hash=sha256:" not in package] == []


def test_each_lock_of_node_holds_no_address_and_a_hash_for_every_package() -> None:
    locks = {name: text for name, text in texts() if name.endswith(NODE_LOCK)}
    assert "tests/node/package-lock.json" in locks
    for name, lock in locks.items():
        # Where packages ask for money is an address too, and npm needs none of them.
        assert "://" not in lock, f"{name}: drop its `funding` and `resolved` fields"
        packages = json.loads(lock)["packages"]
        unsure = [at for at, one in packages.items() if at and not one.get("integrity", "").startswith("sha512-")]
        assert unsure == [], name
