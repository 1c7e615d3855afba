"""The ways to sign a request. Two of them we did not write: botocore's and curl's."""

import datetime
import hashlib
import hmac
import http.client
import subprocess
import urllib.parse

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from region.openapi import VERSION, Client, quote

FORM = "application/x-www-form-urlencoded"
QUERY_AUTH_SECONDS = 300


class Door:
    """One connection to the gateway, kept open. `send` answers (HTTP status, body as text)."""

    def __init__(self, region, key=None):
        key = key or region
        self.endpoint, self.region = region["endpoint"], region["region"]
        self.access_key, self.secret_key = key["access_key"], key["secret_key"]
        self.host = urllib.parse.urlsplit(self.endpoint).netloc
        self.credentials = Credentials(self.access_key, self.secret_key)
        self.own = Client(self.endpoint, self.region, self.access_key, self.secret_key)
        self.connection = None

    def send(self, signer, method, action, pairs, accept="application/json"):
        pairs = [("Action", action), ("Version", VERSION), *pairs]
        return SIGNERS[signer](self, method, pairs, accept)

    def exchange(self, method, query, body, headers):
        target = "/?" + query if query else "/"
        for attempt in (1, 2):  # the gateway may have closed the connection since the last request
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.host, timeout=20)
            try:
                self.connection.request(method, target, body, headers)
                response = self.connection.getresponse()
                return response.status, response.read().decode()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.connection.close()
                self.connection = None
                if attempt == 2:
                    raise
        return None


def encoded(pairs):
    return "&".join(f"{quote(name)}={quote(value)}" for name, value in sorted(pairs))


def header_signed(door, method, pairs, accept):
    """deploy/local/region/openapi.py"""
    text = encoded(pairs)
    query, body = (text, "") if method == "GET" else ("", text)
    headers = door.own.headers(method, query, body, accept)
    if method == "POST":
        headers["Content-Type"] = FORM
    return door.exchange(method, query, body, headers)


def botocore_header(door, method, pairs, accept):
    return botocore(door, method, pairs, accept, SigV4Auth(door.credentials, "kec", door.region))


def botocore_query(door, method, pairs, accept):
    """X-Amz-* in the query string. botocore signs a form POST's parameters with it; ours are then in the query."""
    del method
    auth = SigV4QueryAuth(door.credentials, "kec", door.region, QUERY_AUTH_SECONDS)
    return botocore(door, "GET", pairs, accept, auth)


def botocore(door, method, pairs, accept, auth):
    text = encoded(pairs)
    url = door.endpoint + ("/?" + text if method == "GET" else "/")
    headers = {"Accept": accept}
    if method == "POST":
        headers["Content-Type"] = FORM
    request = AWSRequest(method=method, url=url, headers=headers, data=text if method == "POST" else None)
    auth.add_auth(request)
    body = text if method == "POST" else ""
    return door.exchange(method, request.url.partition("?")[2], body, {"Host": door.host, **dict(request.headers.items())})


def simplified(door, method, pairs, accept):
    """The vendor's own signature: everything in the parameters, no header signed."""
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    pairs = [*pairs, ("Accesskey", door.access_key), ("Service", "kec"), ("Timestamp", now),
             ("SignatureVersion", "1.0"), ("SignatureMethod", "HMAC-SHA256"), ("Region", door.region)]
    text = encoded(dict(pairs).items())  # a repeated parameter counts once
    signature = hmac.new(door.secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()
    text = encoded([*pairs, ("Signature", signature)])
    query, body = (text, "") if method == "GET" else ("", text)
    return door.exchange(method, query, body, {"Accept": accept, "Content-Type": FORM})


def curl(door, method, pairs, accept):
    text = encoded(pairs)
    command = ["curl", "-sS", "--aws-sigv4", f"aws:amz:{door.region}:kec", "--user",
               f"{door.access_key}:{door.secret_key}", "-H", f"Accept: {accept}", "-w", "\n%{http_code}"]
    command += [f"{door.endpoint}/?{text}"] if method == "GET" else ["--data", text, door.endpoint + "/"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


SIGNERS = {"own": header_signed, "botocore": botocore_header, "botocore query": botocore_query,
           "simplified": simplified, "curl": curl}
# In which order the checks use them; curl costs a process each time.
ROTATION = ("own", "botocore", "simplified", "botocore query", "own", "botocore", "own", "simplified", "curl")
