"""Requests as values by path, and their spelling on the wire.

A request's values are {path: value} with the paths of descriptors.py (`Slb.#.Id`); a list is a Python list. Keys of a
JSON parameter are given as `Metric.Threshold` and come out as one text.
"""

import json

from descriptors import lower_first


def name_of(path, index):
    """Slb.#.ServerPort.# -> Slb.1.ServerPort.1"""
    return path.replace("#", str(index))


def pairs_of(values, first=1, step=1):
    """[(name, text)] with list indices from `first`, `step` apart."""
    pairs, objects = [], {}
    for path, value in values.items():
        if path.startswith("Metric."):
            objects.setdefault("Metric", {})[lower_first(path.split(".", 1)[1])] = value
        elif isinstance(value, list):
            head, _, tail = path.rpartition("#")
            for number, element in enumerate(value):
                pairs.append((f"{name_of(head, first)}{first + number * step}{tail}", str(element)))
        else:
            pairs.append((name_of(path, first), str(value)))
    return pairs + [(name, json.dumps(value)) for name, value in objects.items()]
