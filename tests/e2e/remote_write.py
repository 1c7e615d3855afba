"""Prometheus remote-write, written by hand from its public description: protobuf messages in a snappy block."""

import http.client
import struct
import urllib.parse


def varint(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, payload):
    """A length-delimited protobuf field."""
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def write_request(series):
    """WriteRequest of [({label: value}, [(value, timestamp_ms)])]."""
    request = b""
    for labels, samples in series:
        body = b"".join(field(1, field(1, name.encode()) + field(2, value.encode()))
                        for name, value in sorted(labels.items()))
        for value, timestamp in samples:
            body += field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + varint(timestamp))
        request += field(1, body)
    return request


def snappy(data):
    """A valid snappy block that holds `data` in literals."""
    out = varint(len(data))
    for start in range(0, len(data), 60):
        piece = data[start:start + 60]
        out += bytes([len(piece) - 1 << 2]) + piece
    return out


def post(url, body, token=None, headers=None, timeout=15):
    """(HTTP status, answer's body)."""
    target = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(target.netloc, timeout=timeout)
    sent = {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy",
            "X-Prometheus-Remote-Write-Version": "0.1.0"}
    if token is not None:
        sent["Authorization"] = f"Bearer {token}"
    try:
        connection.request("POST", target.path, body, {**sent, **(headers or {})})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def push_cpu(region, values, timestamp_ms):
    """Pushes one cpu_usage sample for each instance of {id: percent}."""
    series = [({"__name__": "cpu_usage", "instance_id": instance}, [(value, timestamp_ms)])
              for instance, value in values.items()]
    status, body = post(region["remote_write_url"], snappy(write_request(series)), region["remote_write_credential"])
    if status // 100 != 2:
        raise RuntimeError(f"remote-write answered {status}: {body[:200]!r}")
