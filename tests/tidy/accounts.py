"""Every statement on a table with an account column names the account, so that no id alone opens another account's row.

The statements are the constants of persistence/*.cc; they are put together here as the compiler does. What serves the
engine's own loops over shards, or finds out whose a credential is, says so: `// tidy:allow(account) by shard`.
"""

import re
from typing import Iterator, NamedTuple

CONSTANT = re.compile(r"constexpr\s+(?:auto|SqlText|Statement)\s+(k\w+)\s*(?=[=(])")
PART = re.compile(r'"((?:[^"\\]|\\.)*)"|\b(k[A-Z]\w*)\b')
NAMES_ACCOUNT = re.compile(r"\baccount_id\s*=\s*\$\d")
INSERT = re.compile(r"^\s*INSERT INTO \w+(?: AS \w+)? \(([^)]*)\)")


class Statement(NamedTuple):
    line: int
    name: str
    sql: str


def tenant_tables(migrations: str) -> set[str]:
    """The tables that have a column account_id."""
    tables = set()
    for table, columns in re.findall(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+) \((.*?)\n\)", migrations, re.DOTALL):
        if re.search(r"^\s*account_id\s", columns, re.MULTILINE):
            tables.add(table)
    return tables


def statements_in(text: str) -> Iterator[Statement]:
    """The Statement constants of a file, with every SqlText constant before them put in."""
    known: dict[str, str] = {}
    for found in CONSTANT.finditer(text):
        body = _until_semicolon(text[found.end():])
        parts = [literal if not name else known.get(name, "") for literal, name in PART.findall(body)]
        if "Statement" not in found.group():
            known[found.group(1)] = "".join(parts)
        elif parts:
            yield Statement(text.count("\n", 0, found.start()) + 1, parts[0], "".join(parts[1:]))


def problem_with(statement: Statement, tables: set[str]) -> str | None:
    """Why the statement may reach another account's row, or None."""
    touched = sorted(tables.intersection(re.findall(r"\w+", statement.sql)))
    if not touched:
        return None
    insert = INSERT.match(statement.sql)
    if insert and "account_id" in insert.group(1):
        return None
    if NAMES_ACCOUNT.search(statement.sql):
        return None
    return f"{statement.name} reads or writes {', '.join(touched)} without account_id = $n"


def _until_semicolon(text: str) -> str:
    """The rest of a declaration; semicolons within string literals don't end it."""
    end = re.match(r'(?:"(?:[^"\\]|\\.)*"|[^";])*', text)
    return end.group() if end else text
