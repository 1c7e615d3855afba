#!/usr/bin/env python3
"""Writes sources with the bank's bugs compiled in, each asleep until the environment wakes it.

usage: tests/bug_bank/seed.py --files
       tests/bug_bank/seed.py FILE OUTPUT
       tests/bug_bank/seed.py --header OUTPUT

The first form prints the files that have bugs. The second writes FILE (a path from the root) with all of its bugs, the third
the header by which they ask whether it is their turn. The build does it where ACCORDION_BUG_BANK is on; the sources
themselves know nothing of it. One build holds every bug: a program has the one whose id is in ACCORDION_BUG.

A row of bugs.json says where: `original` must occur exactly once in the file. How the two texts are joined, `form`:
  expression (the default)  (awake ? (wrong) : (original))
  statement                 if (awake) { wrong } else { original }
  raw                       wrong, in which $ON says whether it is awake, and $ORIGINAL is the original text
  sql                       the constant `statement`, with `wrong` for `original`, is used in its stead
"""

import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

HEADER = """// Which bug of the bank this process has. Written by the build.
#pragma once

#include <cstdlib>

#include "absl/strings/string_view.h"

namespace accordion::bug_bank {

inline bool Awake(absl::string_view id) {
  static const char* const chosen = std::getenv("ACCORDION_BUG");
  return chosen != nullptr && id == chosen;
}

}  // namespace accordion::bug_bank
"""


class Rotten(Exception):
    """A row no longer fits the code."""


def bugs():
    return json.loads((HERE / "bugs.json").read_text())


def once(text, part, bug):
    found = text.count(part)
    if found != 1:
        raise Rotten(f"{bug['id']}: the original text occurs {found} times in {bug['file']}")
    return text.index(part)


def on(bug):
    return f'::accordion::bug_bank::Awake("{bug["id"]}")'


def join(bug, original):
    wrong = bug["wrong"]
    form = bug.get("form", "expression")
    if form == "expression":
        return f"({on(bug)} ? ({wrong}) : ({original}))"
    if form == "statement":
        return f"if ({on(bug)}) {{ {wrong}\n}} else {{ {original}\n}}"  # a text may end in a comment
    return wrong.replace("$ORIGINAL", original).replace("$ON", on(bug))


def with_statement(text, bug):
    """A second constant beside the statement, and the choice where the statement is run."""
    name = bug["statement"]
    declared = re.search(rf"^constexpr Statement {name}\((.*?)\);\n", text, re.M | re.S)
    if not declared:
        raise Rotten(f"{bug['id']}: no statement {name} in {bug['file']}")
    once(declared.group(0), bug["original"], bug)
    other = declared.group(0).replace(bug["original"], bug["wrong"])
    twin = f"{name}Of{bug['id'].title().replace('-', '')}"
    other = other.replace(f"Statement {name}(", f"Statement {twin}(", 1)
    other = re.sub(r'"(\w+)"', rf'"\1_{bug["id"]}"', other, count=1)
    uses = len(re.findall(rf"Run\({name}\b", text))
    if uses == 0:
        raise Rotten(f"{bug['id']}: {name} is run nowhere in {bug['file']}")
    text = text.replace(declared.group(0), declared.group(0) + other)
    return re.sub(rf"Run\({name}\b", f"Run({on(bug)} ? StatementRef({twin}) : StatementRef({name})", text)


def seeded(path):
    text = (ROOT / path).read_text()
    rows = [bug for bug in bugs() if bug["file"] == path]
    plain = {}  # several bugs may have one place: the later ones are asked first
    for bug in rows:
        if bug.get("form") == "sql":
            continue
        once(text, bug["original"], bug)
        plain.setdefault(bug["original"], []).append(bug)
    spans = sorted((text.index(original), original) for original in plain)
    for (at, original), (after, other) in zip(spans, spans[1:]):
        if at + len(original) > after:
            raise Rotten(f"{plain[original][0]['id']} and {plain[other][0]['id']} overlap in {path}")
    for at, original in reversed(spans):
        joined = original
        for bug in plain[original]:
            joined = join(bug, joined)
        text = text[:at] + joined + text[at + len(original):]
    for bug in rows:
        if bug.get("form") == "sql":
            text = with_statement(text, bug)
    return f'#include "bug_bank/awake.h"\n#line 1 "{ROOT / path}"\n' + text


def write(path, text):
    target = pathlib.Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists() or target.read_text() != text:
        target.write_text(text)


def main(arguments):
    try:
        if arguments == ["--files"]:
            print(";".join(sorted({bug["file"] for bug in bugs()})), end="")
        elif len(arguments) == 2 and arguments[0] == "--header":
            write(arguments[1], HEADER)
        elif len(arguments) == 2:
            write(arguments[1], seeded(arguments[0]))
        else:
            sys.exit(__doc__)
    except Rotten as rotten:
        sys.exit(f"bug bank: {rotten}")


if __name__ == "__main__":
    main(sys.argv[1:])
