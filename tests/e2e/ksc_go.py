"""ksc-sdk-go 0.1.48 as it is on the wire: the client inside Terraform's provider.

GET for seven actions, POST for the others with Action and Version in the query *and* everything in the form; Go's url
encoding (sorted names, blanks as +); content-length and content-type signed. Answers become what Go's decoder makes of
them in a map[string]interface{}, where an assertion of the wrong type is a panic of the provider.
"""

import datetime
import hashlib
import http.client
import json
import urllib.parse

import private_region  # noqa: F401  (makes `region` known)
from region.openapi import VERSION, ApiError, sign

BY_GET = {"EnableScalingGroup", "DisableScalingGroup", "DeleteScalingGroup", "DeleteScalingConfiguration",
          "DeleteScalingPolicy", "DeleteScheduledTask", "ModifyScalingConfiguration"}
NOT_FOUND = ("notfound", "not found", "not exist", "not associate", "invalid", "not_found")


def go_encode(pairs):
    """net/url's Values.Encode."""
    return urllib.parse.urlencode(sorted(pairs.items()))


def is_gone(error):
    """What the provider takes for "not there": such a resource drops out of its state."""
    text = f"{error.code}: {error.message}".lower()
    return error.status == 404 or any(words in text for words in NOT_FOUND)


class KscGo:
    def __init__(self, region):
        self.region, self.called = region, []
        self.host = urllib.parse.urlsplit(region["endpoint"]).netloc

    def call(self, action, parameters=None):
        """The answer's map; raises ApiError where ksc-go returns an error."""
        self.called.append(action)
        envelope = {"Action": action, "Version": VERSION}
        everything = {**envelope, **{name: str(value) for name, value in (parameters or {}).items()}}
        headers = {"accept": "application/json", "host": self.host}
        if action in BY_GET:
            method, query, body = "GET", go_encode(everything).replace("+", "%20"), ""
        else:
            method, query, body = "POST", go_encode(envelope), go_encode(everything)
            headers["content-length"] = str(len(body))
            headers["content-type"] = "application/x-www-form-urlencoded; charset=utf-8"
        status, text = self.exchange(method, query, body, self.signed(method, query, body, headers))
        try:
            answer = json.loads(text)
        except ValueError:  # ksc-go prints it and goes on without an answer
            raise ApiError(status, "NotJson", text[:200].decode("utf-8", "replace")) from None
        if status != 200:
            raise ApiError(status, answer["Error"]["Code"], answer["Error"]["Message"])
        return answer

    def signed(self, method, query, body, headers):
        time = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        headers = {**headers, "x-amz-date": time}
        names = ";".join(sorted(headers))
        canonical = "\n".join([method, "/", query, *(f"{name}:{headers[name]}" for name in sorted(headers)), "", names,
                               hashlib.sha256(body.encode()).hexdigest()])
        scope = f"{time[:8]}/{self.region['region']}/kec/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", time, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        signature = sign(self.region["secret_key"], time[:8], self.region["region"], "kec", text)
        headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={self.region['access_key']}/{scope}, "
                                    f"SignedHeaders={names}, Signature={signature}")
        headers["user-agent"] = "ksc-sdk-go/0.1.48 (go1.19.8; linux; amd64)"
        return headers

    def exchange(self, method, query, body, headers):
        connection = http.client.HTTPConnection(self.host, timeout=15)
        try:
            connection.putrequest(method, "/?" + query, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name.title(), value)
            connection.endheaders(body.encode())
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


# ---- Go's types: what the provider's assertions and its schema need ----

def text(value):
    return isinstance(value, str)


def whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def flag(value):
    return isinstance(value, bool)


def list_of(of):
    return lambda value: isinstance(value, list) and all(of(one) for one in value)


def json_list(value):
    """A text that holds a JSON array."""
    return isinstance(value, str) and isinstance(json.loads(value), list)


def shape(fields, optional=()):
    """An object that has all `fields`, each of its type; `optional` ones may be absent."""
    def fits(value):
        if not isinstance(value, dict):
            return False
        return all(name in value and of(value[name]) or name in optional and name not in value
                   for name, of in fields.items())
    return fits


def misfits(value, fields, optional=()):
    """The fields that are absent or of another type, for the report."""
    return {name: value.get(name, "absent") for name, of in fields.items()
            if not (name in value and of(value[name]) or name in optional and name not in value)}
