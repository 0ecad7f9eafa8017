"""Writes the golden vectors of protocol 1 beside this file.

It shares nothing with the TypeScript packages: frames, digests and names are made here a second time, and
the states that merges end in are written by hand. The tests read the files and never this program.
"""

import base64
import hashlib
import json
import math
import struct
from pathlib import Path

CHUNK_BYTES = 65536
FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf, "-0": -0.0}
ONE, TWO, THREE = "1" * 32, "2" * 32, "3" * 32
ITEM = "nodes/@00000000000000aa"
CODE, TOKEN = "a" * 52, "b" * 26


# Frames


def frame(kind, header, payload=b"", *, version=1, flags=0, header_bytes=None, seq=0, author=0, reserved=0, time=0):
    """The bytes of a frame; `header` is JSON text or what JSON is made of."""
    text = header if isinstance(header, bytes) else json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    size = len(text) if header_bytes is None else header_bytes
    return struct.pack("<BBHIQIIQ", version, kind, flags, size, seq, author, reserved, time) + text + payload


def frames():
    commit = {"counter": 1, "base": 0}
    stamp = {"seq": 7, "author": 3, "time": 1790000000123}
    good = [
        ("a commit from a client", "client", "commit", 16, commit, b"\x02\0\0\0[]", {}),
        ("its event from the server", "server", "commit", 16, commit, b"\x02\0\0\0[]", stamp),
        ("a payload of raw deflate", "client", "commit", 16, commit, b"\x63\x00\x00", {"flags": 1}),
        ("the largest numbers", "server", "commit", 16, commit, b"", {"seq": 2**53 - 1, "author": 2**32 - 1, "time": 2**53 - 1}),
        ("text outside of ASCII", "server", "bye", 6, {"code": "kicked", "message": "Tschüß 👋"}, b"", {}),
        ("an answer to a ping", "client", "pong", 8, {"number": 5}, b"", {}),
    ]
    bad = [
        ("no bytes", "client", b"", "shorter than its head"),
        ("31 bytes", "client", frame(16, commit)[:31], "shorter than its head"),
        ("version 2", "client", frame(16, commit, version=2), "unknown version"),
        ("codec 2", "client", frame(16, commit, flags=2), "unknown flags"),
        ("an unknown flag", "client", frame(16, commit, flags=0x8000), "unknown flags"),
        ("a header that ends after the frame", "client", frame(16, commit, header_bytes=23), "header longer than the frame"),
        ("a header of 4 GiB", "client", frame(16, commit, header_bytes=2**32 - 1), "header too long"),
        ("reserved bytes that are not 0", "client", frame(16, commit, reserved=1), "reserved bytes"),
        ("a seq above 2^53 - 1", "server", frame(16, commit, seq=2**53), "number out of range"),
        ("a time above 2^53 - 1", "server", frame(16, commit, time=2**64 - 1), "number out of range"),
        ("a header that is no JSON", "client", frame(16, b"{"), "header is no JSON object"),
        ("a header that is a list", "client", frame(16, b"[]"), "header is no JSON object"),
        ("a header that is no UTF-8", "client", frame(16, b'{"a":"\xff"}'), "header is no JSON object"),
        ("a key twice", "client", frame(16, b'{"counter":1,"base":0,"base":1}'), "header is no JSON object"),
        ("a key twice, once escaped", "client", frame(16, b'{"counter":1,"base":0,"b\\u0061se":1}'), "header is no JSON object"),
        ("a lone surrogate", "client", frame(16, b'{"counter":1,"base":0,"gesture":"\\ud800"}'), "header is no JSON object"),
        ("a number beyond all", "client", frame(16, b'{"counter":1e400,"base":0}'), "header is no JSON object"),
        ("33 levels", "client", frame(16, b'{"a":' * 33 + b"1" + b"}" * 33), "header is no JSON object"),
        ("an unknown type", "client", frame(99, {}), "unknown type"),
        ("type 0", "client", frame(0, {}), "unknown type"),
        ("an ack from a client", "client", frame(17, {"counter": 1, "seq": 1}), "wrong direction"),
        ("a pong from the server", "server", frame(8, {"number": 5}), "wrong direction"),
        ("a seq from a client", "client", frame(16, commit, seq=1), "seq, author and time from a client"),
        ("an author from a client", "client", frame(16, commit, author=1), "seq, author and time from a client"),
        ("a time from a client", "client", frame(16, commit, time=1), "seq, author and time from a client"),
        ("a field missing", "client", frame(16, {"counter": 1}), "header of commit out of schema"),
        ("a field too many", "client", frame(16, {**commit, "more": 1}), "header of commit out of schema"),
        ("__proto__ as a field", "client", frame(16, {**commit, "__proto__": {}}), "header of commit out of schema"),
        ("a fraction for a count", "client", frame(16, {"counter": 1.5, "base": 0}), "header of commit out of schema"),
    ]
    return {
        "good": [
            {
                "name": name,
                "sender": sender,
                "hex": frame(kind, header, payload, **rest).hex(),
                "message": {
                    "name": type_name,
                    "codec": rest.get("flags", 0),
                    "seq": rest.get("seq", 0),
                    "author": rest.get("author", 0),
                    "timeMs": rest.get("time", 0),
                    "header": header,
                    "payloadHex": payload.hex(),
                },
            }
            for name, sender, type_name, kind, header, payload, rest in good
        ],
        "malformed": [{"name": name, "sender": sender, "hex": data.hex(), "rule": rule} for name, sender, data, rule in bad],
    }


# Commits


def body(operations, buffers=b""):
    """The bytes of a commit's body; `operations` is JSON text or a list."""
    text = operations if isinstance(operations, bytes) else json.dumps(operations, separators=(",", ":"), ensure_ascii=False).encode()
    return struct.pack("<I", len(text)) + text + buffers


def create(ident, values=None, name="Thing", kind="Object"):
    return {"op": "create", "id": ident, "type": kind, "name": name, "set": values or {}}


def change(ident, values=None, unset=()):
    return {"op": "set", "id": ident, "set": values or {}, "unset": list(unset)}


def put_group(ident, version, *arrays):
    return {"op": "put-group", "id": ident, "group": "geometry", "from": version, "arrays": list(arrays)}


def array(path, size, data):
    return {"path": path, "dtype": "u1", "shape": [size], "data": data}


def overwrite(ident, version, path, offset, place):
    return {"op": "range", "id": ident, "group": "geometry", "from": version, "path": path, "offset": offset, "at": place}


def commits():
    every = [
        create(ONE, {"location": [0, 0.5, -1], "data": {"ref": TWO}}),
        {"op": "rename", "id": ONE, "name": "Würfel"},
        change(ONE, {ITEM: 0.5, f"{ITEM}/name": "A"}, ["old"]),
        {"op": "own", "id": ONE, "kind": "hard"},
        {"op": "own", "id": ONE, "kind": "soft", "user": 2},
        {"op": "disown", "id": ONE},
        put_group(ONE, 0, array("position", 2, {"at": [0, 2]})),
        {"op": "put-array", "id": ONE, "group": "geometry", "from": 1, **array("uv", 4, {"chunks": ["c" * 64]})},
        overwrite(ONE, 1, "position", 1, [2, 1]),
        {"op": "delete", "id": ONE},
    ]
    schema = "operation out of schema"
    bad = [
        ("three bytes", b"\0\0\0", "commit without operations"),
        ("operations longer than the body", b"\x03\0\0\0[]", "operations longer than the commit"),
        ("no list", body(b"{}"), "operations are no JSON list"),
        ("a key twice", body(b'[{"op":"delete","id":"%s","id":"%s"}]' % (ONE.encode(), ONE.encode())), "operations are no JSON list"),
        ("an unknown operation", body([{"op": "constructor", "id": ONE}]), schema),
        ("an id in capitals", body([{"op": "delete", "id": "A" * 32}]), schema),
        ("a path with an empty segment", body([change(ONE, {"a//b": 1})]), schema),
        ("a path that is not encoded", body([change(ONE, {"a b": 1})]), schema),
        ("a path that is encoded too much", body([change(ONE, {"%61": 1})]), schema),
        ("a value of an unknown tag", body([change(ONE, {"a": {"x": 1}})]), schema),
        ("negative zero without its tag", body(b'[{"op":"set","id":"%s","set":{"a":-0},"unset":[]}]' % ONE.encode()), schema),
        ("a buffer beyond the end", body([overwrite(ONE, 1, "p", 0, [3, 2])], b"1234"), schema),
        ("a buffer used twice", body([overwrite(ONE, 1, "p", 0, [0, 3]), overwrite(ONE, 1, "p", 0, [2, 2])], b"1234"), "buffers used more than once"),
        ("an array of 4097 bytes inside", body([put_group(ONE, 0, array("p", 4097, {"at": [0, 4097]}))], b"x" * 4097), schema),
        ("one array twice in a group", body([put_group(ONE, 0, array("p", 0, {"chunks": []}), array("p", 0, {"chunks": []}))]), schema),
        ("one bad operation after a good one", body([create(ONE), {"op": "delete"}]), schema),
    ]
    return {
        "good": [
            {"name": "no operations", "hex": body([]).hex(), "operations": [], "buffersHex": ""},
            {"name": "one of every operation", "hex": body(every, b"abc").hex(), "operations": every, "buffersHex": b"abc".hex()},
        ],
        "malformed": [{"name": name, "hex": data.hex(), "rule": rule} for name, data, rule in bad],
    }


# Digests


def text_form(text):
    data = text.encode()
    return struct.pack("<I", len(data)) + data


def float_form(number):
    return b"\x03" + (b"\0\0\0\0\0\0\xf8\x7f" if math.isnan(number) else struct.pack("<d", number))


def value_form(value):
    """A value as the digest takes it: a tag byte, then its content."""
    if value is None:
        return b"\x00"
    if isinstance(value, bool):
        return b"\x02" if value else b"\x01"
    if isinstance(value, (int, float)):
        return float_form(value)
    if isinstance(value, str):
        return b"\x05" + text_form(value)
    if isinstance(value, list):
        return b"\x07" + struct.pack("<I", len(value)) + b"".join(map(value_form, value))
    ((tag, content),) = value.items()
    if tag == "ref":
        return b"\x08" + bytes.fromhex(content)
    if tag == "item":
        return b"\x09" + text_form(content)
    if tag == "f":
        return float_form(FLOATS.get(content, content))
    data = base64.b64decode(content) if tag == "b" else integer_bytes(int(content))
    return (b"\x06" if tag == "b" else b"\x04") + struct.pack("<I", len(data)) + data


def integer_bytes(number):
    size = 1
    while not -(1 << (8 * size - 1)) <= number < 1 << (8 * size - 1):
        size += 1
    return number.to_bytes(size, "little", signed=True)


def chunk_names(content):
    return [hashlib.sha256(content[at : at + CHUNK_BYTES]).hexdigest() for at in range(0, len(content), CHUNK_BYTES)]


def datablock_digest(ident, block):
    user, kind = block["owner"] or (0, None)
    parts = [bytes.fromhex(ident), text_form(block["type"]), text_form(block["name"])]
    parts.append(struct.pack("<IB", user, {None: 0, "hard": 1, "soft": 2}[kind]))
    parts.append(struct.pack("<I", len(block["properties"])))
    for path in sorted(block["properties"]):
        parts += [text_form(path), value_form(block["properties"][path])]
    for name in sorted(block["groups"]):
        group = block["groups"][name]
        parts.append(text_form(name) + struct.pack("<QI", group["version"], len(group["arrays"])))
        for path in sorted(group["arrays"]):
            content = content_of(group["arrays"][path])
            parts.append(text_form(path) + text_form("u1") + struct.pack("<IQ", 1, len(content)))
            names = chunk_names(content)
            parts.append(struct.pack("<I", len(names)) + b"".join(map(bytes.fromhex, names)))
    return hashlib.sha256(b"".join(parts)).digest()


def session_digest(state):
    return hashlib.sha256(b"".join(bytes.fromhex(i) + datablock_digest(i, state[i]) for i in sorted(state))).hexdigest()


def content_of(runs):
    """Bytes from a list of [hexadecimal digits, how often]."""
    return b"".join(bytes.fromhex(digits) * count for digits, count in runs)


def digests():
    values = [
        None, False, True, 0, 1, -1, 0.5, 1e308, 5e-324, "", "ä", "👋", [], [1, [True, "x"]],
        {"f": 1}, {"f": "nan"}, {"f": "inf"}, {"f": "-inf"}, {"f": "-0"},
        {"i": "0"}, {"i": "127"}, {"i": "128"}, {"i": "-128"}, {"i": "-129"}, {"i": "9007199254740993"},
        {"b": ""}, {"b": "AP8="}, {"ref": ONE}, {"item": ITEM},
    ]
    return [{"value": value, "formHex": value_form(value).hex()} for value in values]


# Merges


def block(name="Thing", kind="Object", owner=None, properties=None, groups=None):
    return {"type": kind, "name": name, "owner": owner, "properties": properties or {}, "groups": groups or {}}


def event(author, base, *operations, buffers=b"", offline=False, refused=None, overwritten=()):
    """A commit as it reaches the server. `refused`: the code; `overwritten`: [path, author, seq] (C8)."""
    made = {"author": author, "base": base, "operations": list(operations), "buffersHex": buffers.hex()}
    return {**made, "onlyIfUnwritten": offline, "refused": refused, "overwritten": [list(row) for row in overwritten]}


def merges():
    lock = {"op": "own", "id": ONE, "kind": "hard"}
    delete = {"op": "delete", "id": ONE}
    large = CHUNK_BYTES + 10
    chunks = chunk_names(b"\xaa" * large)
    cases = [
        ("the last writer wins per property, others are kept", ["C2", "C8"], [
            event(1, 0, create(ONE, {"a": 0, "b": 0})),
            event(1, 1, change(ONE, {"a": 1})),
            event(2, 1, change(ONE, {"a": 2, "c": 2}), overwritten=[("a", 1, 2)]),
            event(1, 2, change(ONE, {"b": 1})),
        ], {ONE: block(properties={"a": 2, "b": 1, "c": 2})}),
        ("a commit is applied whole or not at all", ["M7", "C6"], [
            event(1, 0, create(ONE, {"a": 0})),
            event(1, 1, change(ONE, {"a": 1}), create(TWO), create(ONE), refused="exists"),
            event(1, 1, create(TWO), delete, change(ONE, {"a": 2}), refused="gone"),
        ], {ONE: block(properties={"a": 0})}),
        ("a datablock goes alone and comes back under its id", ["C6"], [
            event(1, 0, create(ONE, {"a": 0}), create(TWO, {"data": {"ref": ONE}})),
            event(2, 1, delete),
            event(1, 1, change(ONE, {"a": 1}), refused="gone"),
            event(1, 2, create(ONE, {"b": 1}, "Back")),
        ], {ONE: block("Back", properties={"b": 1}), TWO: block(properties={"data": {"ref": ONE}})}),
        ("removing an item removes all below it", ["M4"], [
            event(1, 0, create(ONE, {ITEM: 0.5, f"{ITEM}/x": 1, "nodes/@00000000000000ab": 1})),
            event(2, 1, change(ONE, {}, [ITEM])),
            event(1, 1, change(ONE, {f"{ITEM}/x": 2}), refused="gone"),
            event(1, 2, change(ONE, {f"{ITEM}/y": 3, ITEM: 0.75})),
        ], {ONE: block(properties={ITEM: 0.75, f"{ITEM}/y": 3, "nodes/@00000000000000ab": 1})}),
        ("adding, moving and removing items at once all survive", ["M4", "C2"], [
            event(1, 0, create(ONE, {ITEM: 1, "nodes/@00000000000000ab": 2})),
            event(1, 1, change(ONE, {ITEM: 3})),
            event(2, 1, change(ONE, {}, ["nodes/@00000000000000ab"])),
            event(3, 1, change(ONE, {"nodes/@00000000000000ac": 1.5})),
        ], {ONE: block(properties={ITEM: 3, "nodes/@00000000000000ac": 1.5})}),
        ("arrays name the version they were made from", ["C5"], [
            event(1, 0, create(ONE)),
            event(1, 1, put_group(ONE, 0, array("p", 4, {"at": [0, 4]})), buffers=b"\x01\x02\x03\x04"),
            event(2, 1, put_group(ONE, 0, array("p", 1, {"at": [0, 1]})), buffers=b"\x09", refused="stale-array"),
            event(2, 2, overwrite(ONE, 2, "p", 1, [0, 2]), buffers=b"\x11\x12"),
            event(1, 2, overwrite(ONE, 2, "p", 2, [0, 1]), buffers=b"\x22", overwritten=[("p", 2, 3)]),
            event(1, 4, overwrite(ONE, 1, "p", 0, [0, 1]), buffers=b"\x33", refused="stale-array"),
            event(1, 4, overwrite(ONE, 2, "p", 3, [0, 2]), buffers=b"\x33\x33", refused="stale-array"),
        ], {ONE: block(groups={"geometry": {"version": 2, "arrays": {"p": [["01", 1], ["11", 1], ["22", 1], ["04", 1]]}}})}),
        ("a range may cross chunks, and is taken back with its commit", ["C5", "M7"], [
            event(1, 0, create(ONE), put_group(ONE, 0, array("p", large, {"chunks": chunks}))),
            event(1, 1, overwrite(ONE, 1, "p", CHUNK_BYTES - 2, [0, 4]), buffers=b"\x01\x02\x03\x04"),
            event(1, 2, overwrite(ONE, 1, "p", CHUNK_BYTES - 1, [0, 2]), create(ONE), buffers=b"\x05\x06", refused="exists"),
        ], {ONE: block(groups={"geometry": {"version": 1, "arrays": {"p": [["aa", CHUNK_BYTES - 2], ["01020304", 1], ["aa", 8]]}}})}),
        ("what another has locked is left alone", ["A2", "A3"], [
            event(1, 0, create(ONE, {"a": 0}), lock),
            event(2, 1, change(ONE, {"a": 1}), refused="not-owner"),
            event(2, 1, delete, refused="not-owner"),
            event(1, 1, change(ONE, {"a": 2})),
        ], {ONE: block(owner=[1, "hard"], properties={"a": 2})}),
        ("a commit made while disconnected gives way", ["C8"], [
            event(1, 0, create(ONE, {"a": 0, "b": 0})),
            event(2, 1, change(ONE, {"a": 1})),
            event(1, 1, change(ONE, {"a": 2, "b": 2}), offline=True, refused="conflict"),
            event(1, 1, delete, offline=True, refused="conflict"),
            event(1, 1, change(ONE, {"b": 3}), offline=True),
        ], {ONE: block(properties={"a": 1, "b": 3})}),
        ("nothing at all", ["D1"], [], {}),
    ]
    contents = [["aa", CHUNK_BYTES], ["aa", 10]]
    return {
        "contents": contents,
        "cases": [
            {"name": name, "rules": rules, "commits": made, "state": state, "digest": session_digest(state)}
            for name, rules, made, state in cases
        ],
    }


# Invites and chunks


def invites():
    def link(hosts="example.org", session="main", query=f"code={CODE}", fragment=f"#{TOKEN}", scheme="sceneport"):
        return f"{scheme}://{hosts}/{session}?{query}{fragment}"

    def invite(addresses, session="main", relays=(), token=TOKEN):
        places = [[{"host": host, "port": port} for host, port in row] for row in (addresses, relays)]
        return {"addresses": places[0], "session": session, "code": CODE, "relays": places[1], "token": token}

    example = ("example.org", 5555)
    good = [
        (link(), invite([example])),
        (link(scheme="https"), invite([("example.org", 443)])),
        (link("example.org:5555", scheme="https", query=f"code={CODE}&at=192.0.2.7"), invite([example, ("192.0.2.7", 5555)])),
        (link(fragment=""), invite([example], token=None)),
        (link("example.org:7000,192.0.2.7,[2001:db8::7],[::1]:80"), invite([("example.org", 7000), ("192.0.2.7", 5555), ("2001:db8::7", 5555), ("::1", 80)])),
        (link("[2001:db8::7]:80", query=f"code={CODE}&at=192.0.2.7:7000&at=[::1]"), invite([("2001:db8::7", 80), ("192.0.2.7", 7000), ("::1", 5555)])),
        (link(session="K%C3%BCche%202%2F3"), invite([example], "Küche 2/3")),
        (link(query=f"code={CODE}&relay=r.example:443&relay=[::1]"), invite([example], relays=[("r.example", 443), ("::1", 5555)])),
        (link(query=f"later=1&code={CODE}&x"), invite([example])),
        (f"  {link()}\n", invite([example])),
    ]
    bad = [
        ("", "nothing"),
        ("example.org", "an address alone"),
        (link(scheme="http"), "another scheme"),
        (link(query="x=1"), "no code"),
        (link(query=f"code={CODE[:-1]}"), "a code cut short"),
        (link(query=f"code={CODE.upper()}"), "a code in capitals"),
        (link(fragment="#"), "an empty token"),
        (link(fragment=f"#{TOKEN[:-1]}"), "a token cut short"),
        (link(session=""), "no session"),
        (link(session="%FF"), "a session that is no UTF-8"),
        (link("example.org:0"), "port 0"),
        (link("example.org:65536"), "a port too large"),
        (link("2001:db8::7"), "IPv6 without brackets"),
        (link("user@example.org"), "a user name"),
        (link("example.org,"), "an empty address"),
        (link(query=f"code={CODE}&relay="), "an empty relay"),
        (link(query=f"code={CODE}&at=example.org:0"), "port 0 of another address"),
        (link(query=f"code={CODE}" + "&at=example.org" * 16), "too many addresses"),
        (link(query=f"code={CODE}" + "&relay=example.org" * 17), "too many relays"),
    ]
    return {
        "good": [{"link": text, "invite": parsed} for text, parsed in good],
        "bad": [{"link": text, "why": why} for text, why in bad],
    }


def chunks():
    sizes = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES + 7]
    return [{"content": [["5a", size]], "names": chunk_names(b"\x5a" * size)} for size in sizes]


def main():
    for make in (frames, commits, digests, merges, invites, chunks):
        path = Path(__file__).parent / f"{make.__name__}.json"
        path.write_text(json.dumps(make(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
