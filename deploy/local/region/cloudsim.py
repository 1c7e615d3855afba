"""cloudsim's admin interface: the ground truth of a simulated region."""

import json
import urllib.error
import urllib.request


class Cloudsim:
    def __init__(self, admin_url):
        self.admin_url = admin_url.rstrip("/")

    def request(self, method, path, body=None, timeout=30):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.admin_url + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:
                text = response.read()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"cloudsim {method} {path}: {error.code} {error.read()[:300]!r}") from None
        return json.loads(text) if text else {}

    def get(self, path, timeout=30):
        return self.request("GET", path, timeout=timeout)

    def put(self, path, body):
        return self.request("PUT", path, body)

    def post(self, path, body=None):
        return self.request("POST", path, body or {})
