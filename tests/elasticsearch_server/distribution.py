"""The minimal server that Elastic publishes for integration tests, with the analysis that our indices need on top.

It comes from Maven Central and lacks most modules, among them the analysis of the full distribution. A plugin of our
own (``plugin/AnalysisForTests.java``) brings back what is used here. Needs a JDK of at least 17 and Maven.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["USER", "VERSION", "cache_folder", "distribution", "locked", "run_folder", "unprivileged"]

VERSION = "8.19.21"
_COORDINATES = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
_PLUGIN = "analysis-for-tests"
_SOURCE = Path(__file__).parent / "plugin" / "AnalysisForTests.java"
_DESCRIPTOR = f"""\
name={_PLUGIN}
description=What the minimal distribution lacks of analysis
version=1
elasticsearch.version={VERSION}
java.version=17
classname=scholarcore.tests.AnalysisForTests
"""

_ROOMY = 4 << 30  # bytes

USER = 65534
"""Whom the server runs as when tests run as root, which it refuses: nobody."""


def cache_folder() -> Path:
    """Where the server and its data are kept, outside the repository: ``SCHOLARCORE_TEST_CACHE`` or a usual place.

    Root's own folders cannot be read by the user the server runs as.
    """
    named = os.environ.get("SCHOLARCORE_TEST_CACHE")
    usual = Path("/var/cache") if os.geteuid() == 0 else Path.home() / ".cache"
    folder = Path(named) if named else usual / "scholarcore-tests"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def run_folder() -> Path:
    """Where running nodes keep their files: in memory where there is room, since a test server syncs all the time."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder made below is ours alone
    try:
        roomy = shutil.disk_usage(memory).free > _ROOMY
        folder = memory / f"scholarcore-tests-{os.geteuid()}" if roomy else cache_folder() / "run"
        folder.mkdir(mode=0o755, exist_ok=True)
    except OSError:
        folder = cache_folder() / "run"
        folder.mkdir(exist_ok=True)
    return folder


def unprivileged() -> dict[str, object]:
    """Arguments of subprocess.Popen to run as a user other than root."""
    return {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file ``path`` alone; wait for it as long as it takes."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def distribution() -> Path:
    """The folder of the server, fetched and put together the first time.

    :raises RuntimeError: saying what is missing.
    """
    made_of = hashlib.sha256(_SOURCE.read_bytes() + _DESCRIPTOR.encode()).hexdigest()[:12]
    home = cache_folder() / f"elasticsearch-{VERSION}-{made_of}"
    with locked(cache_folder() / "download.lock"):
        if not home.exists():
            _assemble(home)
    return home


def _assemble(home: Path) -> None:
    for tool in ("mvn", "javac", "java"):
        if shutil.which(tool) is None:
            raise RuntimeError(
                f"{tool} is missing: tests start a real Elasticsearch, for which they need a JDK of at least 17 and "
                "Maven (Debian and Ubuntu: apt-get install default-jdk-headless maven), or the address of a "
                "running test server in ELASTICSEARCH_URL"
            )
    with tempfile.TemporaryDirectory(dir=home.parent) as place:
        folder = Path(place)
        _run("mvn", "-q", "-B", "-C", "dependency:copy", f"-Dartifact={_COORDINATES}", f"-DoutputDirectory={folder}")
        with zipfile.ZipFile(next(folder.glob("*.zip"))) as archive:
            archive.extractall(folder)
        server = folder / f"elasticsearch-{VERSION}"
        for script in (server / "bin").iterdir():
            script.chmod(0o755)
        _add_plugin(server)
        _quieten(server)
        server.rename(home)


def _add_plugin(server: Path) -> None:
    classes = server.parent / "classes"
    _run("javac", "-nowarn", "-d", str(classes), "-cp", f"{server / 'lib'}/*", str(_SOURCE))
    target = server / "plugins" / _PLUGIN
    target.mkdir(parents=True)
    with zipfile.ZipFile(target / f"{_PLUGIN}.jar", "w") as jar:
        for file in sorted(classes.rglob("*.class")):
            jar.write(file, file.relative_to(classes).as_posix())
    (target / "plugin-descriptor.properties").write_text(_DESCRIPTOR, "utf-8")


def _quieten(server: Path) -> None:
    """No log of the garbage collector, and one with few threads: tests run on small machines."""
    options = server / "config" / "jvm.options"
    kept = [line for line in options.read_text("utf-8").splitlines() if "-Xlog:gc" not in line]
    text = "\n".join(kept).replace("-XX:+UseG1GC", "-XX:+UseSerialGC")
    options.write_text(text + "\n", "utf-8")


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-2000:]}")
