"""Child processes that outlive this one if asked to, and are stopped exactly once.

Each is recorded as DIR/run/NAME.json with its pid and start time, so that `./dev stop` never kills a stranger that
got the same pid.
"""

import json
import os
import pathlib
import pwd
import signal
import subprocess
import time


class StartError(Exception):
    """A process did not get ready; the message says what its log ends with."""


def start_time(pid):
    """The kernel's start time of a process, or None if it is gone. Zombies count as gone."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rsplit(")", 1)[1].split()
    return None if fields[0] == "Z" else fields[19]


class Processes:
    def __init__(self, state):
        self.run, self.logs = state / "run", state / "log"
        for folder in (self.run, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        self.children = {}

    def start(self, name, command, user=None):
        """Starts `command` in its own session, logging to DIR/log/NAME.log. Returns the pid."""
        log = open(self.logs / f"{name}.log", "ab")
        kwargs = {}
        if user is not None and os.geteuid() == 0:
            entry = pwd.getpwnam(user)
            kwargs = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **kwargs,
        )
        log.close()
        self.children[name] = child
        self.record(name, child.pid)
        return child.pid

    def record(self, name, pid):
        (self.run / f"{name}.json").write_text(json.dumps({"pid": pid, "start": start_time(pid)}))

    def pid(self, name):
        """The pid of a recorded process that still lives, else None."""
        try:
            entry = json.loads((self.run / f"{name}.json").read_text())
        except (OSError, ValueError):
            return None
        alive = start_time(entry["pid"])
        return entry["pid"] if alive is not None and alive == entry["start"] else None

    def names(self):
        return [path.stem for path in self.run.glob("*.json")]

    def send(self, name, number):
        """Sends a signal; the pid that got it, or None."""
        pid = self.pid(name)
        if pid is not None:
            os.kill(pid, number)
        return pid

    def kill(self, name):
        """kill -9 and wait until it is gone."""
        self.send(name, signal.SIGKILL)
        self.wait_gone(name, 10)

    def stop(self, name, number=signal.SIGTERM, grace=30):
        """Asks the process to end, then insists. Forgets it."""
        if self.send(name, number) is not None and not self.wait_gone(name, grace):
            self.kill(name)
        (self.run / f"{name}.json").unlink(missing_ok=True)

    def wait_gone(self, name, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            child = self.children.get(name)
            if child is not None:
                child.poll()  # reaps our own
            if self.pid(name) is None:
                return True
            time.sleep(0.02)
        return False

    def wait_for_file(self, name, path, seconds):
        """The JSON that the process writes once it is ready."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                return json.loads(path.read_text())
            except (OSError, ValueError):
                pass
            if self.pid(name) is None:
                break
            time.sleep(0.05)
        raise StartError(f"{name} did not get ready; its log ends with:\n{self.tail(name)}")

    def tail(self, name, lines=8):
        try:
            text = (self.logs / f"{name}.log").read_text(errors="replace")
        except OSError:
            return "(no log)"
        return "\n".join("  " + line for line in text.splitlines()[-lines:])
