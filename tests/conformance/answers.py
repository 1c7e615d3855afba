"""Answers against the descriptors, JSON against XML, and error envelopes."""

import json
import re
import xml.etree.ElementTree as xml

LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
JSON_TYPES = {"string": str, "boolean": bool, "object": dict}


def is_type(value, wanted):
    if wanted == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, JSON_TYPES[wanted])


def faults(fields, answer, where=""):
    """What an answer has that its descriptor does not say, or lacks: a list of sentences, empty if it fits."""
    found = []
    known = {field.name: field for field in fields}
    for name in answer.keys() - known.keys() - ({"RequestId"} if not where else set()):
        found.append(f"{where}{name} is unknown")
    for name, field in known.items():
        if name not in answer:
            if field.repeated or not (field.option.omit_empty or field.optional):
                found.append(f"{where}{name} is absent")
            continue
        value = answer[name]
        if field.repeated and not isinstance(value, list):
            found.append(f"{where}{name} is no list")
            continue
        for one in value if field.repeated else [value]:
            found += value_faults(field, one, where + name)
    return found


def value_faults(field, value, where):
    if not is_type(value, field.json_type):
        return [f"{where} is {value!r}, not a {field.json_type}"]
    if field.kind == "message":
        return faults(field.children, value, where + ".")
    if field.kind == "time" and value and not LOCAL_TIME.fullmatch(value):
        return [f"{where} is no local time: {value!r}"]
    if field.option.json_text:
        try:
            json.loads(value)
        except ValueError:
            return [f"{where} is no JSON text: {value!r}"]
    return []


# ---- JSON and XML ----

def plain(tag):
    return tag.rsplit("}", 1)[-1]


def element_equals(element, value):
    """Whether an XML element says what a JSON value says: lists are <item>s, everything else is text."""
    children = list(element)
    if isinstance(value, list):
        return len(children) == len(value) and all(
            plain(child.tag) == "item" and element_equals(child, one) for child, one in zip(children, value))
    if isinstance(value, dict):
        by_name = {plain(child.tag): child for child in children}
        return by_name.keys() == value.keys() and len(by_name) == len(children) and all(
            element_equals(by_name[name], one) for name, one in value.items())
    text = json.dumps(value) if isinstance(value, bool) else str(value)
    return not children and (element.text or "") == text


def same_content(action, json_text, xml_text):
    """Of a success; RequestId differs and stands elsewhere, by the reference's envelope."""
    answer, root = json.loads(json_text), xml.fromstring(xml_text)
    answer.pop("RequestId")
    metadata = [child for child in root if plain(child.tag) == "ResponseMetadata"]
    if plain(root.tag) != action + "Response" or len(metadata) != 1:
        return False
    if [plain(child.tag) for child in metadata[0]] != ["RequestId"]:
        return False
    root.remove(metadata[0])
    return element_equals(root, answer)


def same_error(json_text, xml_text):
    root = xml.fromstring(xml_text)
    answer = json.loads(json_text)
    if plain(root.tag) != "ErrorResponse" or [plain(child.tag) for child in root] != ["RequestId", "Error"]:
        return False
    return element_equals(root[1], answer["Error"])


# ---- errors ----

def error_of(text):
    """The envelope's Error, or None if it is not exactly that."""
    try:
        answer = json.loads(text)
    except ValueError:
        return None
    fits = answer.keys() == {"RequestId", "Error"} and answer["Error"].keys() == {"Type", "Code", "Message"}
    return answer["Error"] if fits else None


def argument_of(row, message):
    """The first argument of a row's message; None if the message is not of the row."""
    match = re.fullmatch("(.*)".join(re.escape(part) for part in row.message.split("%s")), message, re.DOTALL)
    return None if match is None else (match.group(1) if match.groups() else "")


def as_path(name):
    """A parameter's name in a message as a path, whether it has an index or the reference's letter."""
    return re.sub(r"\.(?:\d+|[NM])(?=\.|$)", ".#", name)
