#!/usr/bin/env python3
"""House rules that no compiler checks: who may include whom, banned names, file sizes.

usage: tests/tidy/tidy.py [ROOT]

Prints `file:line: [rule] what is wrong` for every finding and fails if there is one. A line that breaks a rule for a good
reason says so: `// tidy:allow(rule) reason` on it or on the line above.
"""

import os
import pathlib
import re
import sys
from typing import Iterator, NamedTuple

import accounts
import rings
from source import SourceFile


class Finding(NamedTuple):
    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: [{self.rule}] {self.message}"


SKIPPED_DIRECTORIES = {".git", ".local", "build", "node_modules", "__pycache__"}
CPP_SUFFIXES = {".h", ".cc"}
SCRIPT_SUFFIXES = {".py", ".sh"}
MAX_LINES = 500
MAX_TEST_LINES = 800

# Name -> (where it may stand, why it is banned elsewhere). Matched in code only: not in comments or strings.
BANNED_CODE = {
    r"absl::Now\b": (("base/clock.cc",), "time is an argument or a base::Clock"),
    r"\b(?:system|steady|high_resolution)_clock\b": ((), "time is an argument or a base::Clock"),
    r"\b(?:std::)?(?:time|gettimeofday|clock_gettime)\s*\(": (("base/clock.cc",), "time is an argument or a base::Clock"),
    r"\b(?:sleep_for|sleep_until|usleep|nanosleep|SleepFor)\b": ((), "wait on a condition or a timer with a deadline"),
    r"\brandom_device\b|\bs?rand\s*\(": (("base/random.cc",), "randomness is a base::Rng"),
    r"\bstd::string_view\b": ((), "absl::string_view does not convert to it; convert at the border"),
    r"\bmemcmp\b": ((), "not constant-time: base::ConstantTimeEquals for secrets, == for the rest"),
    r"\b[sS]ignature\s*[!=]=(?!=|\s*nullptr)": ((), "compare signatures by base::ConstantTimeEquals"),
    r"\bcout\b|\bprintf\s*\(": (("main.cc", "flags.cc", "tests/", "bench/"), "log through base/log.h"),
    r"\busing namespace\b": ((), "name what you use"),
    r"\bpthread_(?:create|mutex|cond)\w*": ((), "std::thread, absl::Mutex or an executor"),
}

# In every text file, comments and strings included.
BANNED_TEXT = {
    r"\b(?:TODO|FIXME|XXX|HACK)\b": "finish it, or write an issue",
    r"(?<![\w.])/(?:work|root|home/\w+|tmp/bash_jobs)(?:/|\b)": "a path of somebody's machine",
    r"\b(?:pypi|registry\.npmjs|proxy\.golang|crates|rubygems)\.(?:org|io)\b": "a package registry's host",
}

SQL_VERB = re.compile(r'"\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH\s\w+\sAS|MERGE INTO|TRUNCATE)\s', re.IGNORECASE)
SQL_BUILDING = re.compile(r'absl::(?:StrCat|StrAppend|StrFormat|Substitute|StrJoin)\s*\(|"\s*\+\s*\w|\w\s*\+\s*"')


def check_text(source: SourceFile) -> Iterator[Finding]:
    for number, line in enumerate(source.lines, 1):
        for pattern, reason in BANNED_TEXT.items():
            match = re.search(pattern, line)
            if match:
                yield Finding(source.path, number, "text", f"{match.group().strip()}: {reason}")


def check_length(source: SourceFile) -> Iterator[Finding]:
    is_test = source.path.startswith("tests/") and not source.path.startswith("tests/cloudsim/")
    limit = MAX_TEST_LINES if is_test else MAX_LINES
    if len(source.lines) > limit:
        yield Finding(source.path, limit + 1, "length", f"{len(source.lines)} lines, {limit} allowed: split it")


def check_code(source: SourceFile) -> Iterator[Finding]:
    for number, line in enumerate(source.code, 1):
        for pattern, (homes, reason) in BANNED_CODE.items():
            if any(home in source.path for home in homes):
                continue
            match = re.search(pattern, line)
            if match:
                yield Finding(source.path, number, "banned", f"{match.group().strip()}: {reason}")


def check_header(source: SourceFile) -> Iterator[Finding]:
    if not source.path.endswith(".h"):
        return
    if not source.lines or not source.lines[0].startswith(("//", "/*")):
        yield Finding(source.path, 1, "header", "begins with no comment that says what it is for")
    if "#pragma once" not in source.lines:
        yield Finding(source.path, 1, "header", "#pragma once is missing")


def check_switches(source: SourceFile) -> Iterator[Finding]:
    """A default label hides the enumerator that somebody adds later from -Wswitch; over characters and numbers it's due."""
    labels: list[list[str]] = []  # of the switches begun so far; nesting is rare enough for the last to count
    for number, line in enumerate(source.code_with_strings, 1):
        if re.search(r"\bswitch\s*\(", line):
            labels.append([])
        label = re.search(r"\bcase\s+([^:]+|'.')", line)
        if label and labels:
            labels[-1].append(label.group(1))
        if re.search(r"\bdefault\s*:", line) and labels:
            if not all(re.match(r"['\d]|0x", text) for text in labels[-1]):
                yield Finding(source.path, number, "default", "a switch over an enum names every enumerator")


def check_sql(source: SourceFile) -> Iterator[Finding]:
    """Values reach SQL as parameters. A statement and string building on one line, or in one call, is suspicious.

    Tests may: they name databases, which no parameter can.
    """
    if source.path.startswith("tests/"):
        return
    for number, line in enumerate(source.code_with_strings, 1):
        if not SQL_VERB.search(line):
            continue
        call = " ".join(source.code_with_strings[max(0, number - 2):number + 1])
        if SQL_BUILDING.search(call):
            yield Finding(source.path, number, "sql", "SQL built from strings; bind parameters")


def check_json_once(sources: list[SourceFile]) -> Iterator[Finding]:
    """nlohmann/json costs 2.3 s a translation unit: one .cc a module."""
    users: dict[str, list[str]] = {}
    for source in sources:
        for number, include in source.includes:
            if not include.startswith("nlohmann/") or source.path.startswith("tests/") and "cloudsim/" not in source.path:
                continue
            if source.path.endswith(".h"):
                yield Finding(source.path, number, "json", "nlohmann/json in a header; keep it in one .cc")
            users.setdefault(rings.module_of(source.path), []).append(source.path)
    for module, paths in users.items():
        for path in sorted(paths)[1:]:
            yield Finding(path, 1, "json", f"a second user of nlohmann/json in {module}; the first is {sorted(paths)[0]}")


def check_accounts(sources: dict[str, SourceFile]) -> Iterator[Finding]:
    """An id alone opens nothing: statements on tenants' tables name the account."""
    tables = accounts.tenant_tables("\n".join(
        source.text for path, source in sorted(sources.items()) if re.match(r"persistence/migrations/.*\.sql$", path)))
    for path, source in sources.items():
        if not re.match(r"persistence/.*\.cc$", path):
            continue
        for statement in accounts.statements_in("\n".join(source.code_with_strings)):
            problem = accounts.problem_with(statement, tables)
            if problem:
                yield Finding(path, statement.line, "account", problem)


def check_includes(source: SourceFile) -> Iterator[Finding]:
    for number, include in source.includes:
        problem = rings.problem_with(source.path, include)
        if problem:
            yield Finding(source.path, number, "include", f"{include}: {problem}")


def read_tree(root: pathlib.Path) -> Iterator[SourceFile]:
    for directory, names, files in os.walk(root):
        names[:] = sorted(name for name in names if name not in SKIPPED_DIRECTORIES)
        for name in sorted(files):
            path = pathlib.Path(directory, name)
            try:
                text = path.read_text(encoding="utf-8")
            except (UnicodeDecodeError, OSError):
                continue  # binary, or gone
            yield SourceFile(path.relative_to(root).as_posix(), text)


def check_tree(root: pathlib.Path) -> list[Finding]:
    findings: list[Finding] = []
    cpp: list[SourceFile] = []
    allowed = {}
    for source in read_tree(root):
        # This directory's files name what they ban.
        if source.path.startswith("tests/tidy/"):
            continue
        allowed[source.path] = source
        findings += check_text(source)
        suffix = pathlib.PurePosixPath(source.path).suffix
        if suffix in CPP_SUFFIXES | SCRIPT_SUFFIXES:
            findings += check_length(source)
        if suffix in CPP_SUFFIXES:
            cpp.append(source)
            for check in (check_code, check_header, check_switches, check_sql, check_includes):
                findings += check(source)
    findings += check_json_once(cpp)
    findings += check_accounts(allowed)
    return sorted(finding for finding in set(findings)
                  if not allowed[finding.path].allows(finding.line, finding.rule))


def main() -> int:
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    findings = check_tree(root)
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
