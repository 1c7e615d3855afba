"""A client of the public OpenAPI, signed with AWS Signature Version 4. Standard library only.

Written apart from the C++ signer on purpose: where the two disagree, one of them is wrong.
"""

import datetime
import hashlib
import hmac
import http.client
import json
import urllib.parse

VERSION = "2016-03-04"
SERVICE = "kec"


class ApiError(Exception):
    """An answer that is not 200. `code` and `message` are the envelope's; `status` is HTTP's."""

    def __init__(self, status, code, message):
        super().__init__(f"HTTP {status} {code}: {message}")
        self.status, self.code, self.message = status, code, message


def quote(text):
    return urllib.parse.quote(str(text), safe="-_.~")


def flatten(parameters, prefix=""):
    """{"SubnetId": ["a"], "Slb": [{"Id": "x"}]} -> [("SubnetId.1", "a"), ("Slb.1.Id", "x")]."""
    pairs = []
    for name, value in parameters.items():
        name = prefix + name
        if value is None:
            continue
        if isinstance(value, dict):
            pairs += flatten(value, name + ".")
        elif isinstance(value, (list, tuple)):
            for number, element in enumerate(value, 1):
                if isinstance(element, dict):
                    pairs += flatten(element, f"{name}.{number}.")
                else:
                    pairs.append((f"{name}.{number}", str(element)))
        elif isinstance(value, bool):
            pairs.append((name, "true" if value else "false"))
        else:
            pairs.append((name, str(value)))
    return pairs


def sign(secret_key, date, region, service, string_to_sign):
    key = ("AWS4" + secret_key).encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, string_to_sign.encode(), hashlib.sha256).hexdigest()


class Client:
    """Thread-safe: each call has its own connection."""

    def __init__(self, endpoint, region, access_key, secret_key, timeout=15, service=SERVICE):
        self.host, self.service = urllib.parse.urlsplit(endpoint).netloc, service
        self.region, self.access_key, self.secret_key, self.timeout = region, access_key, secret_key, timeout

    def call(self, action, **parameters):
        """The answer as a dict; raises ApiError for a refusal and OSError when nobody answers."""
        pairs = [("Action", action), ("Version", VERSION)] + flatten(parameters)
        status, body = self.send(pairs)
        try:
            answer = json.loads(body)
        except ValueError:
            raise ApiError(status, "NotJson", body[:200].decode("utf-8", "replace")) from None
        if status != 200:
            error = answer.get("Error", {})
            raise ApiError(status, error.get("Code", ""), error.get("Message", ""))
        return answer

    def send(self, pairs, method="POST", accept="application/json", now=None):
        """Sends the parameters, in the query of a GET or the body of a POST; (HTTP status, body)."""
        text = "&".join(f"{quote(name)}={quote(value)}" for name, value in sorted(pairs))
        query, body = (text, "") if method == "GET" else ("", text)
        headers = self.headers(method, query, body, accept, now)
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.exchange(method, query, body, headers)

    def exchange(self, method, query, body, headers):
        """One request as given; (HTTP status, body)."""
        connection = http.client.HTTPConnection(self.host, timeout=self.timeout)
        try:
            connection.request(method, "/?" + query if query else "/", body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def headers(self, method, query, body, accept="application/json", now=None):
        """The headers of a signed request. `query` is sorted and encoded, as canonical requests have it."""
        time = (now or datetime.datetime.now(datetime.timezone.utc)).strftime("%Y%m%dT%H%M%SZ")
        date = time[:8]
        signed = {"accept": accept, "host": self.host, "x-amz-date": time}
        names = ";".join(sorted(signed))
        canonical = "\n".join(
            [method, "/", query]
            + [f"{name}:{signed[name]}" for name in sorted(signed)]
            + ["", names, hashlib.sha256(body.encode()).hexdigest()]
        )
        scope = f"{date}/{self.region}/{self.service}/aws4_request"
        string_to_sign = "\n".join(
            ["AWS4-HMAC-SHA256", time, scope, hashlib.sha256(canonical.encode()).hexdigest()]
        )
        signature = sign(self.secret_key, date, self.region, self.service, string_to_sign)
        return {
            "Accept": accept,
            "Host": self.host,
            "X-Amz-Date": time,
            "Authorization": f"AWS4-HMAC-SHA256 Credential={self.access_key}/{scope}, "
            f"SignedHeaders={names}, Signature={signature}",
        }
