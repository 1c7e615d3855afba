"""The processes of one region, started in order and wired; writes DIR/region.json when all are ready."""

import hashlib
import json
import os
import pathlib
import secrets
import time
import urllib.request

from .cloudsim import Cloudsim
from .openapi import Client
from .postgres import Postgres
from .processes import Processes, StartError

# Short times, so that a region can be watched: each is a setting that an operator chooses.
ENGINE_SETTINGS = {
    "policy.period-floor": "5s",
    "metrics.lateness": "1s",
    "activity.drain": "2s",
    "activity.boot-poll": "500ms",
    "activity.call-timeout": "5s",
    "cloud.call-timeout": "2s",
    "cloud.signature-window": "15s",
    "cloud.read-lag": "1s",
    "lease.ttl": "6s",
    "lease.margin": "1s",
}
SPARES_PER_SUBNET = 2
PUSH_INTERVAL_MS = 1000


class Stack:
    def __init__(self, state, build, settings=None, cloudsim_flags=(), gateway_port=0, seed=1, gateway_settings=None):
        self.state, self.build, self.seed = pathlib.Path(state).resolve(), pathlib.Path(build), seed
        self.state.mkdir(parents=True, exist_ok=True)
        self.processes = Processes(self.state)
        self.postgres = Postgres(self.state, self.processes)
        self.engine_settings = {**ENGINE_SETTINGS, **(settings or {})}
        self.cloudsim_flags, self.gateway_port = list(cloudsim_flags), gateway_port
        self.gateway_settings = gateway_settings or {}
        self.ports, self.spec, self.region = {}, {}, {}

    # ---- the pieces ----

    def program(self, name):
        path = self.build / "bin" / name
        if not path.exists():
            raise StartError(f"{path.name} is not built; run ./dev build")
        return path

    def port_file(self, name):
        path = self.state / "run" / f"{name}.ports"
        path.unlink(missing_ok=True)
        return path

    def start_cloudsim(self):
        ports = self.port_file("cloudsim")
        self.processes.start(
            "cloudsim",
            [self.program("accordion-cloudsim"), "--port", "0", "--admin-port", "0", "--port-file", ports,
             "--seed", self.seed, *self.cloudsim_flags],
        )
        self.ports["cloudsim"] = self.processes.wait_for_file("cloudsim", ports, 20)
        self.cloudsim = Cloudsim(f"http://127.0.0.1:{self.ports['cloudsim']['admin_port']}")
        self.spec = self.cloudsim.get("/region")

    def key_file(self):
        path = self.state / "master.key"
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(32))
        return path

    def start_engine(self):
        """Also starts it again after a kill: on the ports that it had, so that the others find it."""
        self.await_engine(self.launch_engine())

    def launch_engine(self):
        """Starts the process; the file in which it will tell its ports."""
        ports = self.port_file("engine")
        before = self.ports.get("engine", {"port": 0, "admin_port": 0})
        settings = {
            "listen": f"127.0.0.1:{before['port']}",
            "admin-listen": f"127.0.0.1:{before['admin_port']}",
            "port-file": ports,
            "postgres.dsn": self.postgres.dsn,
            "secrets.key-file": self.key_file(),
            "region.name": self.spec["name"],
            "cloud.endpoint": f"http://127.0.0.1:{self.ports['cloudsim']['port']}",
            **self.engine_settings,
        }
        flags = [f"--{name}={value}" for name, value in settings.items()]
        self.processes.start("engine", [self.program("accordion-engine"), "serve", *flags])
        return ports

    def await_engine(self, ports):
        self.ports["engine"] = self.processes.wait_for_file("engine", ports, 60)

    def start_gateway(self):
        ports = self.port_file("gateway")
        before = self.ports.get("gateway", {"port": self.gateway_port, "admin_port": 0})
        flags = {
            "listen": f"127.0.0.1:{before['port']}",
            "admin-listen": f"127.0.0.1:{before['admin_port']}",
            "engine": f"127.0.0.1:{self.ports['engine']['port']}",
            "port-file": ports,
            "region": self.spec["name"],
            **self.gateway_settings,
        }
        self.processes.start(
            "gateway", [self.program("accordion-gateway"), *[f"--{name}={value}" for name, value in flags.items()]]
        )
        self.ports["gateway"] = self.processes.wait_for_file("gateway", ports, 20)

    # ---- the whole ----

    def start(self, say=lambda text: None):
        """Everything from nothing. A simulated cloud remembers no instance, and its seed gives the same ids again: a
        database of an earlier life would take new instances for its old members."""
        self.postgres.remove()
        say("PostgreSQL")
        self.postgres.start()
        say("cloudsim, a simulated cloud region")
        self.start_cloudsim()
        say("engine")
        self.start_engine()
        say("gateway")
        return self.open()

    def open(self, ready=("engine", "gateway")):
        """What is left to do once the engine serves. `ready` names whom to wait for."""
        self.put_accounts()
        self.start_gateway()
        self.wait_ready(ready)
        self.write_region_file()
        self.start_agents()
        return self.region

    def put_accounts(self):
        """Accounts, their keys and quotas, through the engine's admin rpc. The cloud knows the same accounts."""
        file = self.state / "accounts.json"
        entries, self.tokens = [], {}
        for account in self.spec["accounts"]:
            token = secrets.token_urlsafe(24)
            self.tokens[account["id"]] = token
            entries.append({
                "account_id": account["id"],
                "name": f"demo-{account['id']}",
                "access_keys": [{"access_key_id": account["access_key"], "secret_key": account["secret_key"],
                                 "user": "root", "enabled": True}],
                "cloud_credential": {"access_key_id": account["access_key"], "secret_key": account["secret_key"]},
                "metric_credentials": [{"token_sha256": hashlib.sha256(token.encode()).hexdigest()}],
            })
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump({"accounts": entries}, out)
        pid = self.processes.start(
            "admin", [self.program("accordion-engine"), "admin", "apply", file,
                      "--engine", f"127.0.0.1:{self.ports['engine']['port']}"],
        )
        code = self.processes.children["admin"].wait(timeout=30)
        (self.state / "run" / "admin.json").unlink(missing_ok=True)
        file.unlink()
        if code:
            raise StartError(f"accounts were refused (pid {pid}); the log ends with:\n{self.processes.tail('admin')}")

    def wait_ready(self, names=("engine", "gateway")):
        for name in names:
            url = f"http://127.0.0.1:{self.ports[name]['admin_port']}/readyz"
            deadline, last = time.monotonic() + 30, ""
            while True:
                try:
                    with urllib.request.urlopen(url, timeout=2) as response:
                        if response.status == 200:
                            break
                except OSError as error:
                    last = str(error)
                if time.monotonic() > deadline or self.processes.pid(name) is None:
                    raise StartError(f"{name} is not ready: {last}\n{self.processes.tail(name)}")
                time.sleep(0.05)

    def resources(self, account_id):
        """What the cloud has for one account."""
        vpc = next(vpc["id"] for vpc in self.spec["vpcs"] if vpc["account_id"] == account_id)
        balancer = next(one for one in self.spec["load_balancers"] if one["vpc_id"] == vpc)
        return {
            "vpc": vpc,
            "subnets": [one["id"] for one in self.spec["subnets"] if one["vpc_id"] == vpc],
            "security_group": next(one["id"] for one in self.spec["security_groups"] if one["vpc_id"] == vpc),
            "image": self.spec["images"][0]["id"],
            "instance_types": [one["name"] for one in self.spec["instance_types"]],
            "slb": balancer["id"],
            "listener": balancer["listeners"][0]["id"],
        }

    def write_region_file(self):
        first, other = self.spec["accounts"][:2]
        gateway = f"http://127.0.0.1:{self.ports['gateway']['port']}"
        resources = self.resources(first["id"])
        spares = []
        for subnet in resources["subnets"][:2]:
            made = self.cloudsim.post("/instances", {
                "account": first["id"], "subnet_id": subnet, "instance_type": resources["instance_types"][0],
                "image_id": resources["image"], "count": SPARES_PER_SUBNET, "name": "spare",
            })
            spares += [one["id"] for one in made["instances"]]
        self.region = {
            "endpoint": gateway,
            "region": self.spec["name"],
            "account_id": first["id"],
            "access_key": first["access_key"],
            "secret_key": first["secret_key"],
            "project_id": first["projects"][0],
            **resources,
            "spare_instances": spares,
            "remote_write_url": f"{gateway}/api/v1/write",
            "remote_write_credential": self.tokens[first["id"]],
            "cloudsim_admin_url": self.cloudsim.admin_url,
            "engine_metrics_url": f"http://127.0.0.1:{self.ports['engine']['admin_port']}/metrics",
            "gateway_metrics_url": f"http://127.0.0.1:{self.ports['gateway']['admin_port']}/metrics",
            "postgres_dsn": self.postgres.dsn,
            "other_account": {"account_id": other["id"], "access_key": other["access_key"],
                              "secret_key": other["secret_key"]},
        }
        path = self.state / "region.json"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(self.region, out, indent=2)
            out.write("\n")

    def start_agents(self):
        """The instances' agents push their metrics, each account with its own credential."""
        for account in self.spec["accounts"]:
            self.cloudsim.put("/push", {
                "account": account["id"], "url": self.region["remote_write_url"],
                "credential": self.tokens[account["id"]], "interval_ms": PUSH_INTERVAL_MS, "enabled": True,
            })

    def client(self):
        return Client(self.region["endpoint"], self.region["region"], self.region["access_key"],
                      self.region["secret_key"])

    def stop(self):
        """Ends what was started, the last first. Data stays for the next start."""
        for name in ("gateway", "engine", "cloudsim"):
            self.processes.stop(name)
        self.postgres.stop()
