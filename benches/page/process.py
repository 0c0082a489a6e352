"""Servers as processes: starting them, and what they cost."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def children_of(parents):
    """The processes of `parents` and all below them."""
    below = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as stat:
                parent = int(stat.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        below.setdefault(parent, []).append(int(name))
    found, left = set(), list(parents)
    while left:
        process = left.pop()
        if process not in found:
            found.add(process)
            left += below.get(process, [])
    return found


def cpu_seconds(processes):
    """User and system time of `processes` so far, and of those of their children that have ended."""
    ticks = 0
    for process in processes:
        try:
            with open(f"/proc/{process}/stat") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / TICKS_PER_SECOND


def memory_mb(processes, key="VmRSS"):
    """Memory of `processes`, in MB: VmRSS as it is now, VmHWM at most so far, RssFile what is mapped from files."""
    kilobytes = 0
    for process in processes:
        try:
            with open(f"/proc/{process}/status") as status:
                lines = dict(line.split(":", 1) for line in status if ":" in line)
        except OSError:
            continue
        kilobytes += int(lines.get(key, "0").split()[0])
    return kilobytes / 1024


def postmaster():
    """The process of the PostgreSQL server on this machine, or nothing where it cannot be told."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                command = file.read().split(b"\0")
            with open(f"/proc/{name}/stat") as stat:
                parent = int(stat.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if os.path.basename(command[0]) == b"postgres" and len(command) > 2 and parent in (0, 1):
            return int(name)
    return None


class Server:
    """A process that answers HTTP."""

    def __init__(self, command, url, environment, log, body=None, folder=None):
        self.url = url
        began = time.monotonic()
        self.log = open(log, "ab")
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        self.first_answer_ms = self._await(began, body, log)
        time.sleep(0.5)
        self.idle_mb = memory_mb(self.processes())

    def _await(self, began, body, log):
        while time.monotonic() - began < 120:
            if self.process.poll() is not None:
                break
            try:
                ask(self.url, body)
                return (time.monotonic() - began) * 1000
            except urllib.error.HTTPError as refused:
                if body is None and refused.code == 405:
                    return (time.monotonic() - began) * 1000
                time.sleep(0.01)
            except OSError:
                time.sleep(0.001)
        raise SystemExit(f"Nothing answers at {self.url}; see {log}.")

    def processes(self):
        return children_of([self.process.pid])

    def stop(self):
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(15)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            self.process.kill()
        self.log.close()


def ask(url, body=None):
    """What `url` answers, and its headers; posts `body` where there is one."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    data = body.encode() if body else None
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=60) as answer:
        return answer.read().decode(), answer.headers
