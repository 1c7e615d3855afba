#!/usr/bin/python3
"""Writes testdata/dialects/*.http: one signed request for each client dialect.

An independent signer: it shares no code with the gateway, and each entry mimics what that client was
seen to send (which headers, how it encodes, what it signs). The requests are signed for NOW, KEY and
SECRET below; the test's clock stands there.
"""
import hashlib
import hmac
import pathlib
from urllib.parse import quote, quote_plus

NOW = "20261124T082125Z"
KEY = "AKLTdialects"
SECRET = "OMovU5PTLh6y9E9Ioe3K411jt99VqyQSBXgAcDYlo49"
REGION = "cn-beijing-6"
SCOPE = f"{NOW[:8]}/{REGION}/kec/aws4_request"
HOST = "kec.cn-beijing-6.api.ksyun.com"
DESCRIBE = [("Action", "DescribeScalingGroup"), ("Version", "2016-03-04"),
            ("ScalingGroupName", "web front ~*"), ("ScalingGroupId.0", "437327794512670720")]
CREATE = [("Action", "CreateScalingGroup"), ("Version", "2016-03-04"),
          ("ScalingGroupName", "测试 group"), ("ScalingConfigurationId", "424915383923019776"),
          ("MinSize", "0"), ("MaxSize", "2"), ("DesiredCapacity", "0"),
          ("RemovePolicy", "RemoveOldestInstance"), ("SubnetId.0", "1e3a9b8b-0833-4b29-9d3f-4a4188350591"),
          ("SecurityGroupId", "36e08d58-4b10-440c-9b0b-11da1f551c33")]


def hash_of(text):
    return hashlib.sha256(text.encode()).hexdigest()


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def encode(pairs, plus=False):
    code = quote_plus if plus else (lambda text: quote(text, safe="~"))
    return "&".join(code(k) + "=" + code(v) for k, v in pairs)


def canonical(pairs):
    return "&".join(sorted(quote(k, safe="~") + "=" + quote(v, safe="~") for k, v in pairs))


def signature_of(method, signed_query, headers, signed, body, date):
    """SigV4's signature: the same wherever it is sent."""
    values = {k.lower(): " ".join(v.split()) for k, v in headers}
    lines = "".join(f"{s}:{values[s]}\n" for s in signed)
    canonical_request = "\n".join(
        [method, "/", signed_query, lines, ";".join(signed), hash_of(body)])
    to_sign = "\n".join(["AWS4-HMAC-SHA256", date, SCOPE, hash_of(canonical_request)])
    key = ("AWS4" + SECRET).encode()
    for part in SCOPE.split("/"):
        key = mac(key, part)
    return mac(key, to_sign).hex()


def write(name, method, target, headers, body):
    head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers)
    path = pathlib.Path(__file__).parent / "dialects" / (name + ".http")
    path.write_bytes((head + "\r\n" + body).encode())


def request(name, method, query_text, signed_query, headers, signed, body="", date=NOW,
            separator=", "):
    """`headers`: all but Authorization, as sent. `signed`: names in the order signed."""
    signature = signature_of(method, signed_query, headers, signed, body, date)
    authorization = separator.join([f"AWS4-HMAC-SHA256 Credential={KEY}/{SCOPE}",
                                    f"SignedHeaders={';'.join(signed)}", f"Signature={signature}"])
    write(name, method, "/" + ("?" + query_text if query_text else ""),
          headers + [("Authorization", authorization)], body)


def query_request(name, method, pairs, headers, signed, body="", date_parameter=True):
    """SigV4 in the query, as botocore's SigV4QueryAuth writes it; or with a Date header for the date."""
    auth = [("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", f"{KEY}/{SCOPE}"),
            ("X-Amz-Expires", "3600"), ("X-Amz-SignedHeaders", ";".join(signed))]
    if date_parameter:
        auth.append(("X-Amz-Date", NOW))
    covered = pairs + auth
    signature = signature_of(method, canonical(covered), headers, signed, body, NOW)
    write(name, method, "/?" + encode(covered) + "&X-Amz-Signature=" + signature, headers, body)


def simplified_request(name, method, pairs, headers):
    """The simplified signature, as sdk-node writes it: all parameters in the query or in the form."""
    covered = pairs + [("Accesskey", KEY), ("Service", "kec"), ("Region", REGION),
                       ("Timestamp", "2026-11-24T08:21:25Z"), ("SignatureVersion", "1.0"),
                       ("SignatureMethod", "HMAC-SHA256")]
    text = encode(covered) + "&Signature=" + mac(SECRET.encode(), canonical(covered)).hex()
    if method == "GET":
        write(name, method, "/?" + text, headers, "")
    else:
        write(name, method, "/", headers + [FORM, length(text)], text)


def length(body):
    return ("Content-Length", str(len(body.encode())))


FORM = ("Content-Type", "application/x-www-form-urlencoded")
FORM_UTF8 = ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
JSON = ("Accept", "application/json")


def main():
    date = ("X-Amz-Date", NOW)
    host = ("Host", HOST)

    action = [("X-Action", "DescribeScalingGroup"), ("X-Version", "2016-03-04")]
    agent = ("User-Agent", "KSCore/1.3.65 Python/3.11.2 Linux/6.1.0")
    kscore = ["accept", "host", "x-action", "x-amz-date", "x-version"]
    request("kscore_get", "GET", encode(DESCRIBE), canonical(DESCRIBE),
            [host, JSON, date, agent] + action, kscore)
    action = [("X-Action", "CreateScalingGroup"), ("X-Version", "2016-03-04")]
    body = encode(CREATE, plus=True)
    request("kscore_post", "POST", "", "", [host, JSON, date, agent, FORM, length(body)] + action,
            kscore, body)

    extra = [("Service", "kec"), ("SdkVersion", "1.5.8.101"), ("Region", REGION),
             ("Accesskey", KEY), ("Language", "python")]
    names = ["content-type", "host", "x-amz-content-sha256", "x-amz-date"]
    agent = ("User-Agent", "python-requests/2.28.1")
    pairs = DESCRIBE + extra
    # On the wire a blank is '+', in the canonical query it is %20.
    request("sdkpy_get", "GET", encode(pairs, plus=True), canonical(pairs),
            [host, agent, JSON, FORM, ("X-Amz-Content-Sha256", hash_of("")), date], names)
    body = encode(CREATE + extra, plus=True)
    request("sdkpy_post", "POST", "", "",
            [host, agent, JSON, FORM, ("X-Amz-Content-Sha256", hash_of(body)), date, length(body)],
            names, body)

    agent = ("User-Agent", "ksyun-sdk-go/2.2.122 (go1.19.8; linux/amd64)")
    names = ["accept", "content-type", "host", "host", "x-amz-date"]
    pairs = sorted(DESCRIBE + [("Service", "kec")])
    request("sdk_go_get", "GET", encode(pairs), canonical(pairs),
            [host, agent, JSON, ("Content-Type", "application/json"), date], names)
    body = encode(sorted(CREATE + [("Service", "kec")]), plus=True)
    request("sdk_go_post", "POST", "", "", [host, agent, JSON, FORM, date, length(body)], names,
            body)

    agent = ("User-Agent", "ksc-sdk-go/0.1.48 (go1.19.8; linux; amd64)")
    request("ksc_go_get", "GET", encode(sorted(DESCRIBE)), canonical(DESCRIBE),
            [host, agent, JSON, date], ["accept", "host", "x-amz-date"])
    # Action and Version stand in the query and in the body.
    body = encode(sorted(CREATE), plus=True)
    envelope = [("Action", "CreateScalingGroup"), ("Version", "2016-03-04")]
    request("ksc_go_post", "POST", encode(envelope), canonical(envelope),
            [host, agent, length(body), JSON, FORM_UTF8, date],
            ["accept", "content-length", "content-type", "host", "x-amz-date"], body)

    offset = NOW[:-1] + "+00:00"
    request("sdk_node_get", "GET", encode(DESCRIBE), canonical(DESCRIBE),
            [host, JSON, ("x-amz-date", offset)], ["host", "x-amz-date"], date=offset)

    # curl signs the query as it was typed: unsorted here, and Host with its port.
    typed = "Version=2016-03-04&Action=DescribeScalingGroup&ScalingGroupId.1=437327794512670720"
    request("curl_unsorted_get", "GET", typed, typed,
            [("Host", "127.0.0.1:8080"), ("User-Agent", "curl/7.88.1"), date, JSON],
            ["accept", "host", "x-amz-date"])
    body = "Action=CreateScalingGroup&" + encode(CREATE[1:])
    request("curl_post", "POST", "", "",
            [("Host", "127.0.0.1:8080"), ("User-Agent", "curl/7.88.1"), date, length(body), FORM],
            ["host", "x-amz-date"], body)

    request("ca_get", "GET", encode(sorted(DESCRIBE)), canonical(DESCRIBE),
            [host, JSON, ("Content-Type", "application/x-www-form-urlencoded"), date,
             ("X-Ksc-Security-Token", "sts/token+of==the node")],
            ["accept", "content-type", "host", "x-amz-date", "x-ksc-security-token"])

    query_request("query_get", "GET", DESCRIBE, [host, JSON], ["host"])
    body = encode(CREATE, plus=True)
    query_request("query_post", "POST", [], [host, JSON, FORM, length(body)],
                  ["content-type", "host"], body)
    query_request("query_date_header_get", "GET", DESCRIBE,
                  [host, JSON, ("Date", "Tue, 24 Nov 2026 08:21:25 GMT")], ["date", "host"],
                  date_parameter=False)
    # The simplified signature covers no header; a JSON client says Format=json or sends Accept.
    simplified_request("simplified_get", "GET", DESCRIBE + [("Format", "json")], [host])
    simplified_request("simplified_post", "POST", CREATE, [host, JSON])


if __name__ == "__main__":
    main()
