#!/usr/bin/python3
"""Notifications from end to end: a webhook whose receiver fails at first, one that must not be called, and e-mail."""

import base64
import contextlib
import email
import hashlib
import hmac
import http.server
import json
import os
import socketserver
import threading

from checks import Checks
from eventually import eventually
from fleet import Fleet
from private_region import arguments, private_region

SECRET = "an operator's secret of some length"
FAILURES = 5
STEPS = 3
MAIL_FROM, MAIL_TO = "accordion@example.test", "ops@example.test"


class Receiver:
    """A webhook's receiver at one address: fails a number of times, then takes everything."""

    def __init__(self, address, failures=0):
        self.requests, self.connections, self.failures = [], 0, failures
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def setup(self):
                receiver.connections += 1
                super().setup()

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                failed = receiver.failures > 0
                receiver.failures -= 1
                receiver.requests.append((dict(self.headers.items()), body, failed))
                self.send_response(500 if failed else 204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((address, 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def events(self, failed=False):
        return [json.loads(body) for _, body, was_failure in list(self.requests) if was_failure == failed]


class MailSink:
    """Speaks as much SMTP as a sender needs, and keeps the messages."""

    def __init__(self):
        self.messages = []
        sink = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, line):
                self.wfile.write(line.encode() + b"\r\n")

            def handle(self):
                self.say("220 sink ESMTP")
                envelope = []
                while line := self.rfile.readline():
                    verb = line.split()[0].upper() if line.split() else b""
                    if verb == b"QUIT":
                        return self.say("221 bye")
                    if verb in (b"MAIL", b"RCPT"):
                        envelope.append(line.decode().strip())
                    if verb != b"DATA":
                        self.say("250 sink")
                        continue
                    self.say("354 go on")
                    text = b""
                    while (part := self.rfile.readline()) not in (b".\r\n", b""):
                        text += part
                    sink.messages.append((envelope, email.message_from_bytes(text)))
                    envelope = []
                    self.say("250 taken")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def put_contacts(stack, contacts):
    """Through the operator's command, as stack.put_accounts does."""
    account = stack.spec["accounts"][0]["id"]
    path = stack.state / "contacts.json"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump({"accounts": [{"account_id": account, "name": "notified", "contacts": contacts}]}, out)
    stack.processes.start("contacts", [stack.program("accordion-engine"), "admin", "apply", path,
                                       "--engine", f"127.0.0.1:{stack.ports['engine']['port']}"])
    code = stack.processes.children["contacts"].wait(timeout=30)
    (stack.state / "run" / "contacts.json").unlink(missing_ok=True)
    path.unlink()
    return code


def signature_of(headers, body):
    text = f"{headers['X-Accordion-Timestamp']}.{headers['X-Event-Id']}.".encode() + body
    return "v1=" + hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()


def check_webhook(checks, fleet, group, receiver):
    """Delivered after the failures, in order, de-duplicable, signed."""
    delivered = eventually(f"{STEPS} events arrive", 60,
                           lambda: len(receiver.events()) >= STEPS and receiver.events(), every=0.1)
    activities = [one["ScalingActivityId"] for one in reversed(fleet.activities(group))]
    checks.equal([one["subject"] for one in delivered], activities, "every activity was announced, in their order")
    failed = receiver.events(failed=True)
    checks.equal(len(failed), FAILURES, "the receiver failed as often as it was told to")
    checks.equal({one["id"] for one in failed}, {delivered[0]["id"]},
                 "all failed tries were of the first event, under its one id: none overtook it")
    checks.equal(len({one["id"] for one in delivered}), STEPS, "each event has an id of its own")
    rows = fleet.query("SELECT event_id::text FROM outbox ORDER BY seq")
    checks.equal([one["id"] for one in delivered], [row[0] for row in rows], "the ids are those of the outbox")
    checks.expect(all(hmac.compare_digest(signature_of(headers, body), headers["X-Accordion-Signature"])
                      for headers, body, _ in receiver.requests), "every request's signature is right")
    first = delivered[0]
    checks.equal((first["specversion"], first["type"]), ("1.0", "accordion.scaling_activity.scale_out.succeeded"),
                 "an event is a CloudEvents 1.0 document")
    checks.equal((first["data"]["ScalingGroupId"], first["data"]["NotificationType"], first["data"]["Status"]),
                 (group, "1", 2), "its data name group, type and status")
    checks.equal(len(first["data"]["SuccInsList"]), 1, "its data name the new instance")


def check_refusal(checks, fleet, forbidden):
    rows = eventually("the forbidden webhook's events are dead letters", 30, lambda: (
        lambda found: found if len(found) == STEPS and {row[0] for row in found} == {"Dead"} else None)(
            fleet.query("SELECT state, last_error FROM outbox_delivery WHERE contact_id = 'forbidden'")))
    checks.expect("127.0.0.2 is loopback" in rows[0][1], "the dead letter says why", rows)
    checks.equal(forbidden.connections, 0, "nobody connected to the forbidden address")


def check_mail(checks, sink, receiver):
    eventually("the mails arrive", 30, lambda: len(sink.messages) >= STEPS)
    envelope, message = sink.messages[0]
    checks.expect(MAIL_FROM in envelope[0] and MAIL_TO in envelope[1], "the envelope names both addresses", envelope)
    checks.equal([one["X-Event-Id"] for _, one in sink.messages], [one["id"] for one in receiver.events()],
                 "the mails carry the ids of the events, in order")
    text = base64.b64decode(message.get_payload()).decode()
    checks.expect("scale_out.succeeded" in text and "修改伸缩组触发" in text, "a mail says what happened, and why", text)


def check_actions(checks, api, group):
    """As Terraform's provider calls them."""
    notification = api.call("CreateScalingNotification", ScalingGroupId=group, NotificationType=[1, 2])
    identity = notification["ScalingNotificationId"]
    shown = api.call("DescribeScalingNotification", **{"ScalingGroupId": group, "ScalingNotificationId": [identity]})
    checks.equal(shown["ScalingNotificationCount"], 1, "the notification is shown")
    checks.equal(shown["ScalingNotificationSet"][0]["ScalingNotificationTypes"], ["1", "2"], "with its types as text")
    again = api.call("CreateScalingNotification", ScalingGroupId=group, ScalingNotificationType=[1])
    checks.equal(again["ScalingNotificationId"], identity, "a second Create keeps the id")
    return identity


def play(checks, build):
    good, forbidden, sink = Receiver("127.0.0.1", FAILURES), Receiver("127.0.0.2"), MailSink()
    settings = {
        "webhook.allowed-networks": "127.0.0.1/32",
        "webhook.allow-http": "true",
        "webhook.ports": f"{good.port},{forbidden.port}",
        "notify.retry-min": "100ms",
        "notify.retry-max": "500ms",
        "smtp.host": "127.0.0.1",
        "smtp.port": str(sink.port),
        "smtp.tls": "none",
        "smtp.from": MAIL_FROM,
    }
    with contextlib.ExitStack() as stack_of_contexts:
        stack = stack_of_contexts.enter_context(private_region("webhook", build, settings=settings))
        fleet = Fleet(stack)
        checks.section("actions and contacts")
        contacts = [
            {"contact_id": "hook", "kind": "webhook", "address": f"http://127.0.0.1:{good.port}/hook", "secret": SECRET},
            {"contact_id": "forbidden", "kind": "webhook", "address": f"http://127.0.0.2:{forbidden.port}/",
             "secret": SECRET},
            {"contact_id": "mail", "kind": "email", "address": MAIL_TO},
        ]
        checks.equal(put_contacts(stack, contacts), 0, "the operator's contacts are taken")
        wrong = {"contact_id": "wrong", "kind": "webhook", "address": "http://2130706433/", "secret": SECRET}
        checks.expect(put_contacts(stack, [wrong]) != 0, "an address in decimal is refused")
        group = fleet.create_group()
        identity = check_actions(checks, fleet.api, group)
        for desired in range(1, STEPS + 1):
            fleet.set_desired(group, desired)
            fleet.wait_settled(group, desired, 60)
        checks.section("webhook")
        check_webhook(checks, fleet, group, good)
        checks.section("forbidden address")
        check_refusal(checks, fleet, forbidden)
        checks.section("e-mail")
        check_mail(checks, sink, good)
        checks.section("unsubscribed")
        answer = fleet.api.call("ModifyScalingNotification", ScalingGroupId=group, ScalingNotificationId=identity)
        checks.equal(answer["Return"], True, "Modify without types succeeds")
        fleet.set_desired(group, 0)
        fleet.wait_settled(group, 0, 60)
        checks.equal(fleet.query("SELECT count(*) FROM outbox WHERE done_at IS NULL"), [(0,)], "the outbox is empty")
        checks.equal(fleet.query("SELECT count(*) FROM outbox"), [(STEPS,)], "what nobody subscribes to leaves no event")


def main():
    options = arguments(__doc__)
    checks = Checks()
    checks.run("webhook", play, checks, options.build)
    checks.finish()


if __name__ == "__main__":
    main()
