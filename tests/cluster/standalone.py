"""A standalone Spark cluster of several JVMs on loopback: a master, and workers with local folders of their own."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pyspark

SPARK_HOME = Path(pyspark.__file__).parent
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # JVMs that live for seconds
PATIENCE = 60  # seconds a JVM may take to start
MASTER, WORKER = "org.apache.spark.deploy.master.Master", "org.apache.spark.deploy.worker.Worker"


@dataclass
class Cluster:
    """Its servers, from `start` on; leaving the `with` block ends them."""

    folder: Path
    master: str = ""
    servers: dict[str, subprocess.Popen] = field(default_factory=dict)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self, workers=2, **more):
        """A master and so many workers of one core each; `more`: environment of the last worker alone."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._serve("master", MASTER, "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        self.master = self._said("master", r"Starting Spark master at (spark://\S+)")
        for number in range(workers):
            self.add(f"worker{number}", **(more if number == workers - 1 else {}))
        return self

    def add(self, name, **environment):
        local = self.folder / name
        local.mkdir()
        environment = {"SPARK_LOCAL_DIRS": str(local / "local"), "SPARK_WORKER_DIR": str(local / "work")} | environment
        words = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0", "--cores", "1", "--memory", "1g")
        self._serve(name, WORKER, *words, self.master, **environment)
        self._said(name, r"(Successfully registered) with master")

    def kill(self, name):
        """kill -9 of a worker and of its executors, which are its children."""
        worker = self.servers.pop(name)
        for pid in [worker.pid, *_children(worker.pid)]:
            os.kill(pid, signal.SIGKILL)
        worker.wait()

    def stop(self):
        for server in self.servers.values():
            server.terminate()
        for server in self.servers.values():
            server.wait(PATIENCE)

    def settings(self, **more):
        """Of a driver's session."""
        return {
            "spark.master": self.master,
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.ui.enabled": "false",
            "spark.executor.memory": "512m",
            "spark.driver.extraJavaOptions": QUICK,
            "spark.executor.extraJavaOptions": QUICK,
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
            "spark.log.level": "ERROR",
            **more,
        }

    def _serve(self, name, server, *words, **environment):
        log = (self.folder / f"{name}.log").open("wb")
        environment = {
            **os.environ,
            "SPARK_HOME": str(SPARK_HOME),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_DAEMON_JAVA_OPTS": QUICK,
            "PYSPARK_PYTHON": sys.executable,
            **environment,
        }
        command = [SPARK_HOME / "bin" / "spark-class", server, *words]
        self.servers[name] = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)

    def _said(self, name, pattern):
        log, began = self.folder / f"{name}.log", time.monotonic()
        while time.monotonic() - began < PATIENCE:
            if found := re.search(pattern, log.read_text(errors="replace")):
                return found[1]
            assert self.servers[name].poll() is None, log.read_text(errors="replace")[-3000:]
            time.sleep(0.1)
        raise AssertionError(f"{name} did not say {pattern} in {PATIENCE} s: {log.read_text(errors='replace')[-3000:]}")


def _children(pid):
    """Processes below one."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [child for one in map(int, found) for child in (one, *_children(one))]
