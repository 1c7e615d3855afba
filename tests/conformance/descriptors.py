"""The API as the descriptors say it: actions, parameters and answers of AutoScalingService.

Reads the FileDescriptorSet that the build emits from proto/. Nothing about the API is written down here. A set may be
changed in memory and read again (reference.py breaks copies on purpose), so no descriptor pool holds it.
"""

import dataclasses
import pathlib

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

SERVICE = "AutoScalingService"
ERRORS = "ErrorReason"
OPTIONS_FILE = "openapi/v1/options.proto"
TIMESTAMP = ".google.protobuf.Timestamp"
LIST_STYLES = ("", "INDEXED", "INDEXED_OR_COMMA", "COMMA")
FORMATS = ("", "LOCAL_TIME", "JSON_OBJECT", "BASE64")
DEFAULT_MAX_LENGTH = 256     # options.proto, max_length
DEFAULT_MAX_ELEMENTS = 1000  # options.proto, max_elements

FIELD = descriptor_pb2.FieldDescriptorProto
KINDS = {FIELD.TYPE_INT32: "int32", FIELD.TYPE_INT64: "int64", FIELD.TYPE_BOOL: "bool", FIELD.TYPE_STRING: "string",
         FIELD.TYPE_DOUBLE: "double", FIELD.TYPE_MESSAGE: "message"}
TYPE_RANGES = {"int32": (-2**31, 2**31 - 1), "int64": (-2**63, 2**63 - 1)}


def camel(name):
    """The wire spelling of a field without a name of its own: min_size -> MinSize."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def lower_first(name):
    return name[:1].lower() + name[1:]


@dataclasses.dataclass
class Parameter:
    """A request field. `path` is its whole wire name, with `#` for an index: `Slb.#.ServerPort.#`."""

    name: str
    path: str
    kind: str           # of KINDS, or "time"
    repeated: bool
    option: object      # openapi.v1.Parameter
    field: object       # FieldDescriptorProto
    parent: object      # the Parameter whose message this is part of, or None
    children: list = dataclasses.field(default_factory=list)

    @property
    def is_leaf(self):
        return not self.children

    @property
    def is_json(self):
        return FORMATS[self.option.format] == "JSON_OBJECT"

    @property
    def in_json(self):
        return self.parent is not None and (self.parent.is_json or self.parent.in_json)

    @property
    def list_style(self):
        return LIST_STYLES[self.option.list] or ("INDEXED" if self.repeated else "")

    @property
    def max_elements(self):
        return self.option.max_elements or DEFAULT_MAX_ELEMENTS

    @property
    def max_length(self):
        return self.option.max_length or DEFAULT_MAX_LENGTH

    @property
    def range(self):
        """(least, greatest) of an integer."""
        if self.option.HasField("range"):
            return self.option.range.min, self.option.range.max
        return TYPE_RANGES[self.kind]

    @property
    def words(self):
        return list(self.option.words)

    def alias_paths(self):
        """Every other spelling of the whole name. An alias with a dot is a whole name without indices."""
        paths = []
        for alias in self.option.aliases:
            parent = "" if self.parent is None else self.parent.prefix
            if "." in alias:
                parent, alias = parent, alias.rsplit(".", 1)[1]
            paths.append(parent + alias + (".#" if self.indexed else ""))
        return paths

    @property
    def indexed(self):
        """Whether its own spelling has an index at the end."""
        return self.repeated and self.list_style != "COMMA"

    @property
    def prefix(self):
        """What the names of its parts begin with."""
        return self.path + "."

    def leaves(self):
        return [self] if self.is_leaf else [leaf for child in self.children for leaf in child.leaves()]


@dataclasses.dataclass
class Answer:
    """A field of an answer."""

    name: str
    kind: str           # of KINDS, or "time"
    repeated: bool
    option: object      # openapi.v1.ResponseField
    optional: bool
    children: list

    @property
    def json_type(self):
        """How JSON writes one value of it."""
        if self.kind == "message":
            return "object"
        if self.kind == "bool":
            return "boolean"
        if self.kind in ("int32", "int64", "double") or self.option.id_as_number:
            return "number"
        return "string"


@dataclasses.dataclass
class Action:
    name: str
    aliases: list
    writes: bool
    main_account_only: bool
    not_found: list     # names of ErrorReason
    parameters: list
    answer: list

    def leaves(self):
        return [leaf for parameter in self.parameters for leaf in parameter.leaves()]

    def all_parameters(self):
        """Every parameter, messages before their parts."""
        found, stack = [], list(reversed(self.parameters))
        while stack:
            parameter = stack.pop()
            found.append(parameter)
            stack += reversed(parameter.children)
        return found

    def find(self, path):
        return next(one for one in self.all_parameters() if one.path == path)

    def addressed(self):
        """{path of a parameter: reason}: the ids whose absence from the account is a 404."""
        names = {"".join(part.capitalize() for part in reason[: -len("_NOT_FOUND")].split("_")) + "Id": reason
                 for reason in self.not_found}
        return {one.path: names[one.name] for one in self.parameters if one.name in names}


@dataclasses.dataclass
class ErrorRow:
    reason: str
    code: str
    http: int
    message: str

    def text(self, *arguments):
        """The message, filled in."""
        parts = self.message.split("%s")
        assert len(parts) == len(arguments) + 1, (self.reason, arguments)
        return parts[0] + "".join(str(value) + part for value, part in zip(arguments, parts[1:]))


class Descriptors:
    """The descriptor set, with the options readable."""

    def __init__(self, files, extensions):
        self.files, self.extensions = files, extensions
        self.messages, self.actions, self.errors = {}, {}, {}
        for file in files.file:
            for message in file.message_type:
                self._add_message("." + file.package, message)
        for file in files.file:
            for service in file.service:
                if service.name == SERVICE:
                    for method in service.method:
                        action = self._action(method)
                        self.actions[action.name] = action
            for enum in file.enum_type:
                if enum.name == ERRORS:
                    self._add_errors(enum)

    def _add_message(self, scope, message):
        name = f"{scope}.{message.name}"
        self.messages[name] = message
        for nested in message.nested_type:
            self._add_message(name, nested)

    def _add_errors(self, enum):
        for value in enum.value:
            row = value.options.Extensions[self.extensions["error"]]
            if row.code:
                self.errors[value.name] = ErrorRow(value.name, row.code, row.http, row.message)

    def _action(self, method):
        option = method.options.Extensions[self.extensions["action"]]
        return Action(option.name or method.name, list(option.aliases), option.writes, option.main_account_only,
                      list(option.not_found), self._parameters(self.messages[method.input_type], None),
                      self._answers(self.messages[method.output_type]))

    @staticmethod
    def _kind(field):
        return "time" if field.type_name == TIMESTAMP else KINDS[field.type]

    def _parameters(self, message, parent):
        found = []
        for field in message.field:
            option = field.options.Extensions[self.extensions["param"]]
            name, repeated = option.name or camel(field.name), field.label == FIELD.LABEL_REPEATED
            kind = self._kind(field)
            comma = LIST_STYLES[option.list] == "COMMA"
            path = ("" if parent is None else parent.prefix) + name + (".#" if repeated and not comma else "")
            parameter = Parameter(name, path, kind, repeated, option, field, parent)
            if kind == "message":
                parameter.children = self._parameters(self.messages[field.type_name], parameter)
            found.append(parameter)
        return found

    def _answers(self, message):
        found = []
        for field in message.field:
            option, kind = field.options.Extensions[self.extensions["answer"]], self._kind(field)
            inner = self._answers(self.messages[field.type_name]) if kind == "message" else []
            found.append(Answer(option.name or camel(field.name), kind, field.label == FIELD.LABEL_REPEATED, option,
                                field.proto3_optional, inner))
        return found


def _extensions(data):
    """The option types of the set itself, by name. The default pool gets that one file."""
    plain = descriptor_pb2.FileDescriptorSet.FromString(data)
    pool = descriptor_pool.Default()
    file = next(one for one in plain.file if one.name == OPTIONS_FILE)
    try:
        found = pool.FindFileByName(OPTIONS_FILE)
    except KeyError:
        pool.AddSerializedFile(file.SerializeToString())
        found = pool.FindFileByName(OPTIONS_FILE)
    factory = message_factory.MessageFactory(pool)
    for extension in found.extensions_by_name.values():
        factory.GetPrototype(extension.message_type)
        factory.GetPrototype(extension.containing_type).RegisterExtension(extension)
    return dict(found.extensions_by_name)


def parse(data):
    """The set as a message whose options can be read and changed."""
    _extensions(data)
    return descriptor_pb2.FileDescriptorSet.FromString(data)


def load(path):
    data = pathlib.Path(path).read_bytes()
    extensions = _extensions(data)
    return Descriptors(descriptor_pb2.FileDescriptorSet.FromString(data), extensions)


def of(files):
    """Descriptors of a set that parse() made."""
    return Descriptors(files, _extensions(files.SerializeToString()))
