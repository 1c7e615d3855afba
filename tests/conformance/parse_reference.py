#!/usr/bin/python3
"""Makes reference_fixture.json from the text of the vendor's API reference.

usage: tests/conformance/parse_reference.py REFERENCE.txt > tests/conformance/reference_fixture.json

The text itself is not in the repository. The fixture holds what it says and nothing else: names, types, what is
required, defaults, ranges and words of parameters, the fields of answers, and the samples. It is never edited by hand;
where this project departs from it, deviations.py says so and why.
"""

import json
import re
import sys
import urllib.parse

HEADING = re.compile(r"^([A-Z][A-Za-z]+)\s*[（(][^()（）]*[)）]$")
PARTS = {"Request Parameters": "request", "Response Elements": "response", "Examples": "", "Sample Request": "sample",
         "Sample Response": "answer", "Contents": "contents"}
ENTRY = re.compile(r"^([A-Z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)*)$")
TYPES = {"string": "string", "integer": "integer", "int": "integer", "boolean": "boolean", "array": "array"}
# What the reference prints where the other actions show what is meant.
SLIPS = (("S1b.", "Slb."), ("InstanceType=1=", "InstanceType.1="))
# Text -> (least, greatest); None: not said.
RANGES = (
    (r"范围(?:值)?(?:为|从)?\s*(-?\d+)\s*(?:-|~|到|至)\s*(-?\d+)", (1, 2)),
    (r"有效值[:：]?\s*(\d+)-(\d+)[,，]", (1, 2)),
    (r"最(?:少|小为)\s*(\d+)", (1, None)),
    (r"最小值[:：]\s*(\d+)", (1, None)),
)
DEFAULT = re.compile(r"(?:默认值|缺省值|默认)\s*(?:是|为|[:：])?\s*([A-Za-z0-9][\w.-]*)")
WORD = r"(?<![\w.\-])([A-Za-z0-9][\w.\-]*)"
WORDS = re.compile(WORD + r"\s*(?:[:：]|[,，]?\s*表示|\()")


def lines_of(text):
    for slip, meant in SLIPS:
        text = text.replace(slip, meant)
    text = re.sub(r"([)）])\*\*(.+)\*\*$", r"\1\n\2", text, flags=re.MULTILINE)  # a heading glued to the one before
    return [line.strip().strip("<>") for line in text.splitlines()]


def table_rows(lines):
    for line in lines:
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def actions_of(lines):
    """The overview's names; the sections' headings win where the two differ."""
    return [row[1] for row in table_rows(lines) if len(row) == 3 and re.fullmatch(r"[A-Z]\w+", row[1])]


def sections(lines, names):
    """{heading: {part: [lines]}} of the actions and of the types at the end."""
    found, current, part = {}, None, None
    for line in lines:
        heading = HEADING.match(line)
        if heading and (line.split("(")[0].split("（")[0].strip() in PARTS):
            heading = None
        if heading and heading.group(1) in names:
            current, part = found.setdefault(heading.group(1), {}), None
            continue
        label = re.split(r"\s*[（(]", line)[0]
        if label in PARTS and current is not None:
            part = PARTS[label]
            if part:
                current.setdefault(part, []).append([])
            continue
        if line == "公共参数及签名机制":
            current = None if found else current
        if current is not None and part:
            current[part][-1].append(line)
    return found


def entries(lines):
    """[(name, facts)]: a name on a line of its own, and the lines below it."""
    found = []
    for line in lines:
        loose = re.match(r"^(TagSet) (.*)$", line)  # printed on one line
        if loose:
            found.append((loose.group(1), [loose.group(2)]))
        elif ENTRY.match(line):
            found.append((line, []))
        elif found and line and not line.startswith(("|", "{")):
            found[-1][1].append(line.lstrip("- "))
    return found


def words_of(text):
    """The words that a `有效值` lists."""
    text = re.split(r"默认值", text)[0]
    return list(dict.fromkeys(WORDS.findall(text)))


def parameter_of(name, facts):
    text = " ".join(facts)
    entry = {"name": name}
    kind = next(filter(None, (re.match(r"类型\s*[:：]?\s*([A-Za-z]+)", fact) for fact in facts)), None)
    if kind:
        entry["type"] = TYPES[kind.group(1).lower()]
    if re.search(r"是否可缺省[:：]\s*否|限制[:：].*不可缺省$", text):
        entry["required"] = True
    elif re.search(r"不可缺省|必填", text):
        entry["required_when"] = True
    default = DEFAULT.search(text)
    if default:
        entry["default"] = default.group(1)
    for pattern, (least, greatest) in RANGES:
        found = re.search(pattern, text) if "N取值" not in text else None
        if found:
            entry.setdefault("min", int(found.group(least)))
            if greatest:
                entry.setdefault("max", int(found.group(greatest)))
    most = re.search(r"最大值[:：].*?默认\s*(\d+)", text)
    if most:
        entry["max"] = int(most.group(1))
        entry.pop("default", None)
    add_lengths(entry, text)
    valid = next((fact for fact in facts if fact.startswith("有效值") or "有效值" in fact), "")
    words = words_of(valid.split("有效值", 1)[1].lstrip(" :：只有3种取值")) if valid else []
    numbers = all(re.fullmatch(r"-?\d+", word) for word in words)
    if words and numbers and entry.get("type") == "integer" and "min" not in entry:
        entry["min"], entry["max"] = min(map(int, words)), max(map(int, words))
    elif words and not numbers and "{" not in valid and "举例" not in valid and name != "AdjustmentValue":
        entry["words"] = words
    by_word = re.findall(r"(\w+Capacity)\s*[:：]\s*(-?\d+)\s*至\s*(-?\d+)", text)
    if by_word:
        entry["ranges"] = {word: [int(low), int(high)] for word, low, high in by_word}
    return entry


def add_lengths(entry, text):
    length = re.search(r"支持(\d+)-(\d+)个字符|(\d+)个字符内", text)
    if length:
        entry["max_length"] = int(length.group(2) or length.group(3))
    count = re.search(r"N取值(?:范围)?[:：]?\s*1[-~](\d+)|最多可指定(\d+)个", text)
    if count:
        entry["max_elements"] = int(count.group(1) or count.group(2))
    size = re.search(r"最大数据大小为\s*(\d+)KB", text)
    if size:
        entry["max_bytes"] = int(size.group(1)) * 1024


def metric_of(lines):
    """The keys of Metric, from the table in ModifyScalingPolicy."""
    found = []
    for row in table_rows(lines):
        if len(row) != 4 or not re.fullmatch(r"[a-z]\w+", row[0]):
            continue
        name, required, kind, text = row
        entry = {"name": name, "type": TYPES[kind.lower()]}
        if required == "是":
            entry["required"] = True
        default = re.search(r"默认为(\d+)", text)
        if default:
            entry["default"] = default.group(1)
        span = re.search(r"数值范围\s*\[(\d+), (\d+)\], 默认", text)
        if span:
            entry["min"], entry["max"] = int(span.group(1)), int(span.group(2))
        if "可选值" in text:
            entry["words"] = words_of(text.split("可选值", 1)[1].lstrip(":："))
        elif re.fullmatch(r"\w+(/\w+)+", text):
            entry["words"] = text.split("/")
        found.append(entry)
    return found


def response_of(lines):
    found = []
    for name, facts in entries(lines):
        kind = next(filter(None, (re.search(r"类型\s*[:：]?\s*([A-Za-z]+)", fact) for fact in facts)), None)
        plain = kind is not None and kind.group(1).lower() in TYPES
        found.append({"name": name, **({"type": TYPES[kind.group(1).lower()]} if plain else {})})
    return found


def samples_of(blocks):
    """Requests as lists of [name, value]."""
    found = []
    for block in blocks:
        for line in block:
            if line.startswith("http"):
                query = line.split("?", 1)[1]
                found.append([[urllib.parse.unquote_plus(part) for part in pair.split("=", 1)]
                              for pair in query.split("&")])
    return found


def answer_shapes(blocks):
    """The samples' answers: [path, JSON type] of each field."""
    found = []
    for block in blocks:
        text = "\n".join(repaired(line) for line in block if not line.startswith("```"))
        text = re.sub(r'("InstanceTypeSet": \[""\],\s*)+', '"InstanceTypeSet": [""],', text)
        text = re.sub(r",\s*}\s*]\s*}\s*(?=\"InstanceType\")", ",", text)  # a page break closes it too early
        text = re.sub(r",(\s*})", r"\1", text)
        if "{" in text:
            value, _ = json.JSONDecoder().raw_decode(text, text.index("{"))
            found.append(sorted(shape(value, "").items()))
    return found


def repaired(line):
    """One sample is no JSON: a list and a JSON text in it lack their quotes, and a line ends in a comma too many."""
    if line.startswith('"InstanceTypeSet"'):
        return '"InstanceTypeSet": [""],'
    if line.startswith('"DataDiskEbsDetail"'):
        return '"DataDiskEbsDetail": "",'
    return line


def json_type(value):
    if isinstance(value, bool):
        return "boolean"
    return {str: "string", int: "number", float: "number", dict: "object", list: "array"}[type(value)]


def shape(value, prefix):
    found = {}
    for name, inner in value.items():
        path = prefix + name
        found[path] = json_type(inner)
        if isinstance(inner, dict):
            found.update(shape(inner, path + "."))
        elif isinstance(inner, list):
            for element in inner:
                if isinstance(element, dict):
                    found.update(shape(element, path + ".#."))
                else:
                    found[path + ".#"] = json_type(element)
    return found


def text_of(value, levels, indent=""):
    """JSON that a review can read: one entry a line down to `levels`."""
    if levels == 0 or not isinstance(value, (dict, list)) or not value:
        return json.dumps(value, ensure_ascii=False)
    inner = indent + " "
    if isinstance(value, dict):
        rows = [f"{inner}{json.dumps(name)}: {text_of(one, levels - 1, inner)}" for name, one in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + text_of(one, levels - 1, inner) for one in value) + f"\n{indent}]"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        lines = lines_of(file.read())
    names = actions_of(lines)
    spelled = {match.group(1) for match in map(HEADING.match, lines) if match}
    types = ("ScalingActivity", "ScalingInstance", "ScalingGroup", "SlbConfig")
    known = [name if name in spelled else name + "s" for name in names]
    parts = sections(lines, set(known) | set(types))
    fixture = {"version": "2016-03-04", "actions": {}, "types": {}}
    for name in known:
        part = parts[name]
        request = [line for block in part["request"] for line in block]
        fixture["actions"][name] = {
            "parameters": [parameter_of(*entry) for entry in entries(request)],
            "response": response_of([line for block in part.get("response", []) for line in block]),
            "samples": samples_of(part.get("sample", []) + part.get("answer", [])),
            "answers": answer_shapes(part.get("answer", [])),
        }
        metric = metric_of(request)
        if metric:
            fixture["metric"] = metric
    for name in types:
        fixture["types"][name] = response_of([line for block in parts[name]["contents"] for line in block])
    print(text_of(fixture, 4))


if __name__ == "__main__":
    main()
