"""A private PostgreSQL for one region: its own data folder, loopback only, never as root."""

import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from .processes import StartError

USER = "postgres"  # Debian's package makes it; as root the server runs as this user


def binaries():
    """The newest installed server's folder."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise StartError("PostgreSQL is not installed; run ./dev setup")
    return found[-1].parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    def __init__(self, state, processes):
        self.state, self.processes = state, processes
        self.as_user = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
        self.port = None

    def data_folder(self):
        """DIR/postgres, or a folder elsewhere when the server's user can't reach DIR; remembered in DIR."""
        note = self.state / "postgres.path"
        if note.exists() and pathlib.Path(note.read_text()).exists():
            return pathlib.Path(note.read_text())
        folder = self.state / "postgres"
        folder.mkdir(exist_ok=True)
        if self.as_user and subprocess.run([*self.as_user, "test", "-x", folder], capture_output=True).returncode:
            folder.rmdir()
            folder = pathlib.Path(tempfile.mkdtemp(prefix="accordion-postgres-", dir="/var/tmp"))
        if os.geteuid() == 0:
            entry = pwd.getpwnam(USER)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
        folder.chmod(0o700)
        note.write_text(str(folder))
        return folder

    def start(self, port=None):
        """Makes the cluster and the database if they aren't there, and returns once it answers."""
        self.port = port or free_port()
        folder = self.data_folder()
        if not (folder / "PG_VERSION").exists():
            self.run("initdb", "-D", folder, "-U", "accordion", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-k")
        self.processes.start(
            "postgres",
            [
                binaries() / "postgres", "-D", folder, "-p", self.port, "-h", "127.0.0.1",
                "-c", "unix_socket_directories=", "-c", "shared_buffers=256MB", "-c", "max_connections=100",
                "-c", "log_min_duration_statement=1000", "-c", "log_parameter_max_length=0",
                "-c", "log_parameter_max_length_on_error=0",
            ],
            user=USER,
        )
        self.wait_ready()
        if self.psql("postgres", "select 1 from pg_database where datname = 'accordion'") != "1":
            self.psql("postgres", "create database accordion")

    @property
    def dsn(self):
        return f"host=127.0.0.1 port={self.port} user=accordion dbname=accordion"

    def run(self, program, *arguments):
        done = subprocess.run(
            [*self.as_user, binaries() / program, *arguments], capture_output=True, text=True, cwd="/", check=False
        )
        if done.returncode:
            raise StartError(f"{program} failed: {done.stderr.strip()}")
        return done.stdout.strip()

    def psql(self, database, statement):
        return self.run(
            "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port), "-U", "accordion",
            "-d", database, "-c", statement,
        )

    def wait_ready(self, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if self.psql("postgres", "select 1") == "1":
                    return
            except StartError:
                pass
            if self.processes.pid("postgres") is None:
                break
            time.sleep(0.1)
        raise StartError("PostgreSQL did not get ready; its log ends with:\n" + self.processes.tail("postgres"))

    def kill(self):
        """kill -9 of the server; its children notice and end."""
        self.processes.kill("postgres")

    def restart(self, seconds=30):
        """After kill(), on the same port. The dead server's children may hold its memory for a moment more."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.start(self.port)
            except StartError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def stop(self):
        self.processes.stop("postgres", signal.SIGINT)  # fast shutdown

    def remove(self):
        shutil.rmtree(self.data_folder(), ignore_errors=True)
        (self.state / "postgres.path").unlink(missing_ok=True)
