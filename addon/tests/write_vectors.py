"""Writes the golden messages of the conversation to vectors/companion/. Run it by hand after a change of the contract.

It packs the frames with nothing of the add-on, so that the vectors check the add-on instead of repeating it.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "companion"

CUBE = "0" * 31 + "1"
MESH = "0" * 31 + "2"
SCENE = "0" * 31 + "3"
STAY = "f" * 32


def frame(text: bytes, body: bytes = b"", header_bytes: int | None = None, body_bytes: int | None = None) -> bytes:
    sizes = struct.pack(
        "<II", len(text) if header_bytes is None else header_bytes, len(body) if body_bytes is None else body_bytes
    )
    return sizes + text + body


def compact(header: object) -> bytes:
    return json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()


POSITIONS = struct.pack("<9f", 0, 0, 0, 1, 0, 0, 0, 1, 0)
CORNERS = struct.pack("<3i", 0, 1, 2)

ARRAYS = [
    {"group": "geometry", "path": "position", "dtype": "f4", "shape": [3, 3], "topology": False, "buffer": 0},
    {"group": "geometry", "path": "corner_vertex", "dtype": "i4", "shape": [3], "topology": True, "buffer": 1},
]

USER = {"name": "Ann", "number": 1, "role": "editor", "colour": [0.5, 0.25, 1], "rttMs": 12.5, "way": "relay", "me": True, "scene": None, "frame": 1}

STATUS = {
    "type": "status",
    "state": "online",
    "seq": 42,
    "pending": 0,
    "progress": {"datablocks": 3, "datablocksTotal": 3, "bytes": 48, "bytesTotal": 48},
    "users": [USER],
    "owners": {CUBE: 1},
    "session": "main",
    "error": None,
}

JOIN = {
    "type": "join",
    "request": 1,
    "target": "sceneport://127.0.0.1:5555/main?code=abc#token",
    "user": "Zoë",
    "colour": [0.5, 0.25, 1],
    "password": None,
    "adminPassword": None,
    "code": None,
    "trustFirst": False,
    "scene": "current",
    "data": "/tmp/data",
}

MESSAGES = [
    ("hello up", "up", {"type": "hello", "version": 1, "blender": "3.4.1", "addon": "0.1.0"}, []),
    ("hello down", "down", {"type": "hello", "version": 1}, []),
    ("join", "up", JOIN, []),
    ("choose", "up", {"type": "choose", "request": 2, "scene": "empty"}, []),
    ("lock", "up", {"type": "lock", "request": 3, "ids": [CUBE]}, []),
    ("unlock", "up", {"type": "unlock", "request": 4, "ids": [CUBE]}, []),
    ("digest", "up", {"type": "digest", "request": 5}, []),
    ("kick", "up", {"type": "kick", "request": 6, "user": 2, "reason": "goodbye"}, []),
    ("leave", "up", {"type": "leave", "request": 7}, []),
    (
        "invite for a day and one use",
        "up",
        {"type": "invite", "request": 8, "role": "viewer", "validMs": 86_400_000, "maxUses": 1},
        [],
    ),
    ("invites", "up", {"type": "invites", "request": 9}, []),
    ("revoke", "up", {"type": "revoke", "request": 10, "id": "4e18d8a0"}, []),
    ("qr-code", "up", {"type": "qr-code", "request": 11, "text": "sceneport://127.0.0.1/main"}, []),
    (
        "show of a new mesh with its arrays",
        "up",
        {
            "type": "show",
            "reason": "edit",
            "blocks": [
                {
                    "id": MESH,
                    "type": "Mesh",
                    "name": "Träger",
                    "full": True,
                    "set": {"materials/0": None},
                    "sets": {},
                    "items": {"uv_layers": [["UVMap", 7]]},
                    "arrays": ARRAYS,
                    "groups": ["geometry"],
                }
            ],
            "gone": [],
            "done": True,
        },
        [POSITIONS, CORNERS],
    ),
    (
        "show of a difference",
        "up",
        {
            "type": "show",
            "reason": "undo",
            "blocks": [{"id": CUBE, "set": {"location": [0.5, 1, -2.25]}, "unset": ["properties/mass"]}],
            "gone": [MESH],
            "done": False,
        },
        [],
    ),
    (
        "show of an undo that took back a step of an order",
        "up",
        {"type": "show", "reason": "undo", "blocks": [], "gone": [MESH], "done": True, "ours": True},
        [],
    ),
    ("join that goes on with a stay", "up", {**JOIN, "scene": None, "stay": {"id": STAY, "again": True, "seq": 42}}, []),
    (
        "show of everything again",
        "up",
        {
            "type": "show",
            "show": 8,
            "reason": "again",
            "blocks": [
                {
                    "id": CUBE,
                    "type": "Object",
                    "name": "Cube",
                    "full": True,
                    "set": {"location": [0.5, 1, 2]},
                    "sets": {},
                    "items": {"material_slots": [[0, 0]]},
                    "mine": {
                        "whole": False,
                        "name": True,
                        "paths": ["location"],
                        "items": {"material_slots": [0, 1]},
                        "sets": {"objects": [SCENE]},
                        "arrays": {"geometry": ["position"]},
                        "groups": [],
                    },
                    "undone": {"whole": True},
                }
            ],
            "gone": [MESH],
            "undone": [MESH],
            "done": True,
        },
        [],
    ),
    ("stored", "down", {"type": "stored", "show": 7}, []),
    ("show again", "down", {"type": "show-again", "stored": 7}, []),
    (
        "applied",
        "up",
        {
            "type": "applied",
            "order": 1,
            "shown": [{"id": CUBE, "name": "Cube.001"}],
            "failed": [{"id": MESH, "path": "geometry", "code": "bad-array"}],
        },
        [],
    ),
    ("busy", "up", {"type": "busy", "blocks": {MESH: "arrays", CUBE: "all"}}, []),
    ("paused", "up", {"type": "paused", "paused": True}, []),
    (
        "presence up",
        "up",
        {"type": "presence", "view": [[0.5, 0, 1]], "selection": [CUBE], "mode": "OBJECT", "scene": SCENE, "frame": 12},
        [],
    ),
    (
        "presence down",
        "down",
        {
            "type": "presence",
            "user": 2,
            "view": [[0.5, 0, 1]],
            "selection": [CUBE],
            "mode": "OBJECT",
            "scene": SCENE,
            "frame": 12,
        },
        [],
    ),
    ("order open-empty", "down", {"type": "order", "order": 1, "push": True, "ops": [{"op": "open-empty"}]}, []),
    (
        "order of everything",
        "down",
        {
            "type": "order",
            "order": 2,
            "push": True,
            "ops": [
                {"op": "create", "id": MESH, "type": "Mesh", "name": "Mesh", "set": {}},
                {"op": "arrays", "id": MESH, "group": "geometry", "whole": True, "arrays": ARRAYS},
                {"op": "create", "id": CUBE, "type": "Object", "name": "Cube", "set": {"data": {"ref": MESH}}},
                {
                    "op": "set",
                    "id": CUBE,
                    "set": {"location": [0.5, 0, 0]},
                    "unset": ["properties/mass"],
                    "sets": {"collection/objects": [CUBE]},
                    "items": {"modifiers": [["Subdivision", 0]], "splines": [[0, 0]]},
                },
                {"op": "range", "id": MESH, "group": "geometry", "path": "position", "offset": 12, "buffer": 2},
                {"op": "rename", "id": CUBE, "name": "Würfel"},
                {"op": "delete", "id": SCENE},
            ],
        },
        [POSITIONS, CORNERS, POSITIONS[:12]],
    ),
    ("result", "down", {"type": "result", "request": 5, "ok": True, "value": {"seq": 42, "hex": "00ff"}}, []),
    (
        "result of a refusal",
        "down",
        {"type": "result", "request": 3, "ok": False, "error": {"code": "not-owner", "message": "Bob owns it."}},
        [],
    ),
    ("status", "down", STATUS, []),
    ("hand-over", "down", {"type": "hand-over"}, []),
    ("undone", "down", {"type": "undone", "further": True}, []),
    ("ask", "down", {"type": "ask", "question": "empty-session"}, []),
    ("notice", "down", {"type": "notice", "level": "warning", "code": "conflict", "message": "Bob was first."}, []),
    ("fatal", "down", {"type": "fatal", "code": "bad-message", "message": "What arrived is not a message."}, []),
]

MALFORMED = [
    ("header too large", "both", frame(b"{}", header_bytes=16 * 1024 * 1024 + 1), "the header is larger than 16 MiB"),
    ("body too large", "both", frame(b"{}", body_bytes=1024 * 1024 * 1024 + 1), "the body is larger than 1 GiB"),
    ("torn sizes", "both", b"\x02\x00\x00", "the stream ends inside the sizes"),
    ("torn header", "both", frame(b"{}", header_bytes=3), "the stream ends inside the header"),
    ("torn body", "both", frame(compact({"type": "hand-over", "buffers": [4]}), b"abc", body_bytes=4), "the stream ends inside the body"),
    ("empty header", "both", frame(b""), "the header is not JSON"),
    ("not JSON", "both", frame(b'{"type":'), "the header is not JSON"),
    ("not UTF-8", "both", frame(b'{"type":"\xff"}'), "the header is not UTF-8"),
    ("not an object", "both", frame(b"[]"), "the header is not an object"),
    ("no type", "both", frame(b"{}"), "type is missing"),
    ("unknown type", "both", frame(b'{"type":"dance"}'), "the type is unknown"),
    ("type of the wrong kind", "both", frame(b'{"type":["hello"]}'), "the type is not a text"),
    ("not a number", "both", frame(b'{"type":"hello","version":NaN}'), "NaN is not JSON"),
    ("an infinite number", "both", frame(b'{"type":"hello","version":1e999}'), "the number is not finite"),
    ("version of the wrong kind", "both", frame(b'{"type":"hello","version":"1"}'), "version is not a number"),
    ("body without buffers", "both", frame(b'{"type":"hello","version":1}', b"abc"), "buffers is missing"),
    (
        "buffers that are not the body",
        "both",
        frame(b'{"type":"hello","version":1,"buffers":[2]}', b"abc"),
        "the sizes do not sum up to the body",
    ),
    (
        "negative size",
        "both",
        frame(b'{"type":"hello","version":1,"buffers":[-1,4]}', b"abc"),
        "a size is negative",
    ),
    ("order without operations", "down", frame(b'{"type":"order","order":1,"push":true}'), "ops is missing"),
    (
        "unknown operation",
        "down",
        frame(compact({"type": "order", "order": 1, "push": True, "ops": [{"op": "evaluate"}]})),
        "the operation is unknown",
    ),
    (
        "id that is none",
        "down",
        frame(compact({"type": "order", "order": 1, "push": True, "ops": [{"op": "delete", "id": "../cube"}]})),
        "the id is not 32 hexadecimal digits",
    ),
    (
        "buffer that is not there",
        "down",
        frame(
            compact(
                {
                    "type": "order",
                    "order": 1,
                    "push": False,
                    "ops": [{"op": "range", "id": MESH, "group": "geometry", "path": "position", "offset": 0, "buffer": 0}],
                }
            )
        ),
        "the buffer is not there",
    ),
    (
        "array of another size",
        "down",
        frame(
            compact(
                {
                    "type": "order",
                    "order": 1,
                    "push": False,
                    "ops": [{"op": "arrays", "id": MESH, "group": "geometry", "whole": True, "arrays": ARRAYS[:1]}],
                    "buffers": [12],
                }
            ),
            POSITIONS[:12],
        ),
        "the buffer is not as long as the shape says",
    ),
    (
        "state that is none",
        "down",
        frame(compact({**STATUS, "state": "sleeping"})),
        "the state is unknown",
    ),
    (
        "show without blocks",
        "up",
        frame(compact({"type": "show", "reason": "edit", "gone": [], "done": True})),
        "blocks is missing",
    ),
    (
        "show for no known reason",
        "up",
        frame(compact({"type": "show", "reason": "whim", "blocks": [], "gone": [], "done": True})),
        "the reason is unknown",
    ),
    (
        "dtype that is none",
        "up",
        frame(
            compact(
                {
                    "type": "show",
                    "reason": "edit",
                    "blocks": [{"id": MESH, "arrays": [{**ARRAYS[0], "dtype": "f2"}]}],
                    "gone": [],
                    "done": True,
                    "buffers": [36],
                }
            ),
            POSITIONS,
        ),
        "the dtype is unknown",
    ),
]


def main() -> None:
    messages = []
    for name, direction, header, buffers in MESSAGES:
        body = b"".join(buffers)
        if buffers:
            header = {**header, "buffers": [len(buffer) for buffer in buffers]}
        messages.append(
            {
                "name": name,
                "direction": direction,
                "header": header,
                "body_hex": body.hex(),
                "frame_hex": frame(compact(header), body).hex(),
            }
        )
    malformed = [
        {"name": name, "direction": direction, "frame_hex": data.hex(), "reason": reason}
        for name, direction, data, reason in MALFORMED
    ]
    VECTORS.mkdir(parents=True, exist_ok=True)
    for name, content in (("messages", messages), ("malformed", malformed)):
        (VECTORS / f"{name}.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
