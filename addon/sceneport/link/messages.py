"""What the companion may say (docs/COMPANION.md) and the strict reading of it (rule L3)."""

from __future__ import annotations

from typing import Any, NamedTuple

from . import schema
from .framing import Frame, MalformedMessage, parse_frame

VERSION = 1

ITEM_BYTES = {"b1": 1, "i1": 1, "u1": 1, "i2": 2, "u2": 2, "i4": 4, "u4": 4, "f4": 4, "f8": 8}

_id = schema.datablock_id
_text = schema.text
_natural = schema.natural

_values = schema.map_of(schema.value)
_sets = schema.map_of(schema.list_of(_id))


def _item(candidate: Any) -> None:
    if type(candidate) is not list or len(candidate) != 2:
        schema.refuse("an item is a handle and a hint")
    handle, hint = candidate
    if type(handle) not in (str, int):
        schema.refuse("a handle is a name or an index")
    if type(hint) is not int:
        schema.refuse("a hint is an integer")


_items = schema.map_of(schema.list_of(_item))


def _shape(candidate: Any) -> None:
    schema.list_of(_natural)(candidate)
    if not 1 <= len(candidate) <= 2:
        schema.refuse("a shape has one or two sizes")


_array = schema.record(
    {
        "group": _text,
        "path": _text,
        "dtype": schema.constant(*ITEM_BYTES),
        "shape": _shape,
        "topology": schema.boolean,
        "buffer": _natural,
    }
)


def _operation(fields: dict[str, schema.Check], optional: dict[str, schema.Check] | None = None) -> schema.Check:
    return schema.record({"op": _text, **fields}, optional)


_operations = schema.one_of(
    "op",
    {
        "open-empty": _operation({}),
        "create": _operation({"id": _id, "type": _text, "name": _text}, {"set": _values}),
        "set": _operation(
            {"id": _id}, {"set": _values, "unset": schema.list_of(_text), "sets": _sets, "items": _items}
        ),
        "arrays": _operation({"id": _id, "group": _text, "whole": schema.boolean, "arrays": schema.list_of(_array)}),
        "range": _operation({"id": _id, "group": _text, "path": _text, "offset": _natural, "buffer": _natural}),
        "rename": _operation({"id": _id, "name": _text}),
        "delete": _operation({"id": _id}),
    },
)

_error = schema.record({"code": _text, "message": _text})

_user = schema.record(
    {"name": _text, "number": _natural, "role": _text, "colour": schema.value, "me": schema.boolean},
    {
        "rttMs": schema.nullable(schema.number),
        "way": _text,
        "scene": schema.nullable(schema.value),
        "frame": schema.nullable(schema.number),
    },
)

_progress = schema.record(
    {"datablocks": _natural, "datablocksTotal": _natural, "bytes": _natural, "bytesTotal": _natural}
)

STATES = ("offline", "connecting", "joining", "online", "reconnecting")


def _message(fields: dict[str, schema.Check], optional: dict[str, schema.Check] | None = None) -> schema.Check:
    return schema.record({"type": _text, **fields}, {"buffers": schema.list_of(_natural), **(optional or {})})


_DOWN = schema.one_of(
    "type",
    {
        "hello": _message({"version": _natural}, {"program": _text}),
        "fatal": _message({"code": _text, "message": _text}),
        "order": _message({"order": _natural, "push": schema.boolean, "ops": schema.list_of(_operations)}),
        "result": _message(
            {"request": _natural, "ok": schema.boolean}, {"value": schema.value, "error": schema.nullable(_error)}
        ),
        "status": _message(
            {
                "state": schema.constant(*STATES),
                "seq": _natural,
                "pending": _natural,
                "progress": _progress,
                "users": schema.list_of(_user),
                "owners": schema.map_of(_natural, _id),
                "session": schema.value,
                "error": schema.nullable(_error),
            }
        ),
        "undone": _message({"further": schema.boolean}),
        "stored": _message({"show": _natural}),
        "show-again": _message({"stored": _natural}),
        "hand-over": _message({}),
        "ask": _message({"question": schema.constant("empty-session")}),
        "notice": _message({"level": schema.constant("info", "warning", "error"), "code": _text, "message": _text}),
        "presence": _message(
            {"user": _natural},
            {name: schema.value for name in ("view", "selection", "mode", "scene", "frame")},
        ),
    },
)


class Message(NamedTuple):
    """A message that has been read strictly: the header with only known fields of the right kind, and its buffers."""

    header: dict[str, Any]
    buffers: list[memoryview]


def read_down(frame: Frame) -> Message:
    """The message of the companion in `frame`. Raises MalformedMessage (rule L3)."""
    header, buffers = parse_frame(frame)
    _DOWN(header)
    if header["type"] == "order":
        for operation in header["ops"]:
            _check_buffers(operation, buffers)
    return Message(header, buffers)


def _check_buffers(operation: dict[str, Any], buffers: list[memoryview]) -> None:
    if operation["op"] == "range" and operation["buffer"] >= len(buffers):
        raise MalformedMessage("a buffer that is not there")
    for array in operation.get("arrays", ()):
        if array["buffer"] >= len(buffers):
            raise MalformedMessage("a buffer that is not there")
        size = ITEM_BYTES[array["dtype"]]
        for count in array["shape"]:
            size *= count
        if size != buffers[array["buffer"]].nbytes:
            raise MalformedMessage("an array whose buffer has another size")
