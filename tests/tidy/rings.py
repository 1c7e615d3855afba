"""Who may include whom (docs/architecture.md): arrows point inward, and each library has its few homes."""

import re

# Directory -> directories or headers of ours that it may include; itself always. The longest matching directory counts.
# What isn't listed (tests, benches, programs) may include everything of ours.
PURE_BASE = ("base/secret.h", "base/status_macros.h")
ALLOWED = {
    "base": (),
    "engine/domain": PURE_BASE,
    "engine/activity": ("engine/domain", *PURE_BASE),
    "engine/metrics": ("engine/domain", "base"),
    "engine/ports": ("engine/domain", "engine/activity", "base"),
    "engine/control": ("engine/domain", "engine/activity", "engine/metrics", "engine/ports", "base"),
    "engine/service": ("engine/domain", "engine/activity", "engine/metrics", "engine/ports", "engine/observability", "base"),
    "engine/cloud": ("engine/domain", "engine/activity", "engine/ports", "engine/observability", "base"),
    "engine/notify": ("engine/domain", "engine/activity", "engine/ports", "base"),
    "engine/observability": ("engine/domain", "engine/activity", "engine/ports", "base"),
    "persistence": ("engine/domain", "engine/activity", "engine/ports", "base"),
    "api-gateway": ("base",),
    "tests/cloudsim": ("base",),
}
OURS = ("base/", "engine/", "persistence/", "api-gateway/", "tests/", "bench/")

# The pure rings: values in, values out.
PURE = ("engine/domain", "engine/activity")
PURE_LIBRARIES = re.compile(
    r"absl/(?:algorithm|base/attributes|base/macros|container|hash|numeric|status|strings|time/(?:time|civil_time)|types)\b")
PURE_STANDARD = re.compile(r"[a-z_]+$")
IMPURE_STANDARD = {
    "atomic", "chrono", "condition_variable", "filesystem", "fstream", "future", "iostream", "mutex", "random",
    "semaphore", "shared_mutex", "stop_token", "thread", "barrier", "latch", "regex",
}

# Library -> (prefixes of its headers, where they may be included, why nowhere else).
LIBRARIES = (
    (r"boost/", r"base/http_server\.cc", "Beast costs 8 s a translation unit; one has it"),
    (r"curl/", r"base/http_client\.cc|engine/notify/smtp_client\.cc",
     "HTTP goes through base/http_client.h, mail through engine/notify/smtp_client.h"),
    (r"(?:pqxx/|libpq)", r"(?:persistence|tests|bench)/", "SQL belongs to persistence"),
    (r"(?:grpc|grpcpp|google/protobuf)/|.*\.pb\.h$", r"(?:engine/service|engine/cloud|api-gateway|tests|bench)/|engine/\w+\.(?:h|cc)$",
     "protocol types stop at the border"),
    (r"prometheus/", r"(?:engine/observability|tests|bench)/|api-gateway/\w*metrics\w*\.(?:h|cc)$",
     "metrics are behind a port"),
    (r"regex(?:\.h)?$", r"$^", "costs 3.5 s a translation unit, and backtracks"),
)


def module_of(path: str) -> str:
    """The directory of ALLOWED that holds the file, or its top directory."""
    homes = [home for home in ALLOWED if path.startswith(home + "/")]
    return max(homes, key=len) if homes else path.split("/")[0]


def problem_with(path: str, include: str) -> str | None:
    """Why the file may not include this, or None."""
    for pattern, home, reason in LIBRARIES:
        if re.match(pattern, include) and not re.match(home, path):
            return reason
    module = module_of(path)
    if include.startswith(OURS):
        return _problem_with_ours(module, include)
    if module in PURE:
        return _problem_with_pure(module, include)
    return None


def _problem_with_ours(module: str, include: str) -> str | None:
    if module not in ALLOWED:
        return None
    for allowed in (module, *ALLOWED[module]):
        if include == allowed or include.startswith(allowed + "/"):
            return None
    return f"{module} may include only {', '.join((module, *ALLOWED[module]))}"


def _problem_with_pure(module: str, include: str) -> str | None:
    if include in IMPURE_STANDARD:
        return f"{module} is pure: no I/O, clock, thread or randomness"
    if PURE_LIBRARIES.match(include) or PURE_STANDARD.match(include):
        return None
    return f"{module} is pure: only the standard library and Abseil's values"
