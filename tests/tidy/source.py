"""A file as the tidy rules see it: its lines, and its C++ code without comments and strings."""

import functools
import re

# One token of C++ that may hide others: a comment, a raw string, a string or a character.
_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^()\s\\]{0,16})\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL)


def _blank(text: str) -> str:
    return "\n" * text.count("\n") or " "


class SourceFile:
    def __init__(self, path: str, text: str):
        self.path = path  # relative to the root, with slashes
        self.text = text
        self.lines = text.splitlines()

    @functools.cached_property
    def code(self) -> list[str]:
        """Lines without comments and without what strings hold; line numbers stay."""
        return _TOKEN.sub(lambda m: _blank(m.group()), self.text).split("\n")

    @functools.cached_property
    def code_with_strings(self) -> list[str]:
        """Lines without comments only."""
        def keep(match):
            token = match.group()
            return _blank(token) if token.startswith(("//", "/*")) else token
        return _TOKEN.sub(keep, self.text).split("\n")

    @functools.cached_property
    def includes(self) -> list[tuple[int, str]]:
        """(line, name) of each #include."""
        found = []
        for number, line in enumerate(self.lines, 1):
            match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
            if match:
                found.append((number, match.group(1)))
        return found

    def allows(self, line: int, rule: str) -> bool:
        """Whether the line, or the one above it, lifts the rule and gives a reason."""
        for candidate in self.lines[max(0, line - 2):line]:
            if re.search(rf"tidy:allow\({re.escape(rule)}\)\s+\S", candidate):
                return True
        return False
