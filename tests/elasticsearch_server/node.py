"""One node of a test cluster: a process of its own on 127.0.0.1, with its files in the cache folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.elasticsearch_server.distribution import USER, distribution, run_folder, unprivileged

__all__ = ["Node", "free_port", "start_together"]

_START_WITHIN = 240  # seconds; a start takes some twenty on an idle machine
_STOP_WITHIN = 30


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Node:
    """A node that is not running yet. ``settings`` go to elasticsearch.yml, ``secrets`` to the keystore.

    ``files`` are put beside the configuration (certificates), and named there by their bare names.
    """

    def __init__(
        self,
        name: str = "tests",
        *,
        heap: str = "512m",
        port: int | None = None,
        settings: Mapping[str, object] | None = None,
        secrets: Mapping[str, str] | None = None,
        files: Sequence[Path] = (),
    ) -> None:
        self.name = name
        self.port = port or free_port()
        self.transport_port = free_port()
        self.scheme = "http"
        self._heap = heap
        self._home = distribution()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=run_folder()))
        self._pid_file = self.folder / "pid"
        self._launcher: subprocess.Popen[bytes] | None = None
        self._configure(settings or {}, files)
        for key, value in (secrets or {}).items():
            self._keep_secret(key, value)

    def _configure(self, settings: Mapping[str, object], files: Sequence[Path]) -> None:
        configuration = self.folder / "config"
        shutil.copytree(self._home / "config", configuration)
        for file in files:
            shutil.copy(file, configuration)
        for part in ("data", "logs", "tmp"):
            (self.folder / part).mkdir()
        everything: dict[str, object] = {
            "cluster.name": self.name,
            "node.name": self.name,
            "path.data": self.folder / "data",
            "path.logs": self.folder / "logs",
            "network.host": "127.0.0.1",
            "http.port": self.port,
            "transport.port": self.transport_port,
            "xpack.security.enabled": "false",
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            "cluster.max_shards_per_node": 10_000,
            # The serial collector leaves garbage until the heap is full; counted as memory in use, it would have the
            # server refuse every request, and so never collect it.
            "indices.breaker.total.use_real_memory": "false",
        }
        if "cluster.initial_master_nodes" not in settings:
            everything["discovery.type"] = "single-node"
        everything.update(settings)
        lines = "".join(f"{key}: {value}\n" for key, value in everything.items())
        (configuration / "elasticsearch.yml").write_text(lines, "utf-8")
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, USER, USER)

    def add_setting(self, key: str, value: object) -> None:
        """Add a line to elasticsearch.yml; it counts from the next start."""
        with (self.folder / "config" / "elasticsearch.yml").open("a", encoding="utf-8") as file:
            file.write(f"{key}: {value}\n")

    def _environment(self) -> dict[str, str]:
        java = Path(shutil.which("java") or "java").resolve()
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "ES_PATH_CONF": str(self.folder / "config"),
            "ES_TMPDIR": str(self.folder / "tmp"),
            "ES_JAVA_HOME": os.environ.get("JAVA_HOME") or str(java.parents[1]),
            "ES_JAVA_OPTS": f"-Xms{self._heap} -Xmx{self._heap} -XX:-AlwaysPreTouch -XX:TieredStopAtLevel=1",
            "CLI_JAVA_OPTS": "-XX:TieredStopAtLevel=1",
        }

    def _popen(self, *command: str, **options: object) -> subprocess.Popen[bytes]:
        arguments = {"env": self._environment(), "cwd": self.folder, **unprivileged(), **options}
        return subprocess.Popen([str(self._home / "bin" / command[0]), *command[1:]], **arguments)  # type: ignore[call-overload,no-any-return]

    def _keep_secret(self, key: str, value: str) -> None:
        for arguments in (["create"],) if not self.folder.joinpath("config/elasticsearch.keystore").exists() else ():
            self._popen("elasticsearch-keystore", *arguments, stdout=subprocess.DEVNULL).wait()
        adding = self._popen("elasticsearch-keystore", "add", "-x", key, stdin=subprocess.PIPE)
        adding.communicate(value.encode())
        assert adding.returncode == 0

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Of the server itself, not of the script that starts it."""
        return int(self._pid_file.read_text("ascii"))

    @property
    def log(self) -> Path:
        """What the node says."""
        return self.folder / "logs" / "output.txt"

    def launch(self) -> None:
        """Begin to start; see :meth:`wait`."""
        self._pid_file.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self._launcher = self._popen(
                "elasticsearch", "-d", "-p", str(self._pid_file), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def wait(self) -> None:
        """Until it answers requests.

        :raises RuntimeError: with the end of its log when it does not start.
        """
        assert self._launcher is not None, "launch it first"
        try:
            failed = self._launcher.wait(_START_WITHIN) != 0
        except subprocess.TimeoutExpired:
            self._launcher.kill()
            self._launcher.wait()
            failed = True
        if failed:
            raise RuntimeError(f"Elasticsearch did not start:\n{self.log.read_text('utf-8', 'replace')[-3000:]}")

    def start(self) -> Node:
        """Launch and wait."""
        self.launch()
        self.wait()
        return self

    def kill(self) -> None:
        """As a power cut would (the process, not its disk)."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Shut down in order."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._launcher is not None and self._launcher.poll() is None:
            self._launcher.wait(_START_WITHIN)
        if not self._pid_file.exists():
            return
        pid = self.pid
        if _runs(pid, self.folder):
            os.kill(pid, how)
        deadline = time.monotonic() + _STOP_WITHIN
        while _runs(pid, self.folder):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        self._pid_file.unlink(missing_ok=True)

    def remove(self) -> None:
        """End it and delete its files."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def _runs(pid: int, folder: Path) -> bool:
    """Whether the process lives and is the node that keeps its files in ``folder``."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return str(folder).encode() in command


def start_together(nodes: Sequence[Node]) -> None:
    """Start nodes that wait for one another."""
    for node in nodes:
        node.launch()
    for node in nodes:
        node.wait()
