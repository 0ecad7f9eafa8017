"""Random histories of a node with the deepdiff package of the old clients: prints, for each, what it was and became."""

import copy
import json
import pickle
import random
import sys

from deepdiff import DeepDiff, Delta


def value(source: random.Random, depth: int = 0):
    kinds = ["int", "float", "text", "none", "bool", "bytes", "tuple"] + (["list", "dict"] * 2 if depth < 3 else [])
    match source.choice(kinds):
        case "int":
            return source.choice([0, 1, -1, source.randrange(-(2**40), 2**40)])
        case "float":
            return source.choice([0.0, 1.0, -2.5, source.random()])
        case "text":
            return source.choice(["", "a", "ä €", "it's", 'a "b"', "x[0]"])
        case "none":
            return None
        case "bool":
            return source.random() < 0.5
        case "bytes":
            return source.randbytes(source.randrange(8))
        case "tuple":
            return tuple(source.random() for _ in range(source.randrange(3)))
        case "list":
            return [value(source, depth + 1) for _ in range(source.randrange(14))]
        case "dict":
            return {key: value(source, depth + 1) for key in source.sample(["a", "b", "c d", "é", "it's", "x[0]"], 3)}


def change(source: random.Random, container) -> None:
    """Changes one place, as an artist or a script does."""
    inner = container.values() if isinstance(container, dict) else container
    deeper = [item for item in inner if isinstance(item, (dict, list)) and item]
    if deeper and source.random() < 0.6:
        return change(source, source.choice(deeper))
    if isinstance(container, dict):
        key = source.choice(list(container))
        if len(container) > 1 and source.random() < 0.2:
            del container[key]
        else:
            container[source.choice([key, key, "new"])] = value(source, 2)
    elif source.random() < 0.3:
        container.pop(source.choice([-1, -1, 0]))
    elif source.random() < 0.3:
        container.insert(source.choice([len(container), len(container), 0]), value(source, 2))
    else:
        container[source.randrange(len(container))] = value(source, 2)


def history(seed: int) -> dict:
    source = random.Random(seed)
    node = {"uuid": "u", "location": [0.0, 1.0, 2], "items": value(source, 0) or [1], "deep": {"a": {"b": [1, 2, 3]}}}
    whole = pickle.dumps(node, protocol=4)
    shown = pickle.loads(whole)
    deltas, states = [], []
    for _ in range(source.randrange(1, 12)):
        after = copy.deepcopy(shown)
        change(source, after)
        delta = Delta(DeepDiff(shown, after, cache_size=5000)).dumps()
        shown = shown + Delta(delta)
        deltas.append(delta.hex())
        states.append(pickle.dumps(shown, protocol=4).hex())
    return {"whole": whole.hex(), "deltas": deltas, "states": states}


print(json.dumps([history(seed) for seed in range(int(sys.argv[1]), int(sys.argv[2]))]))
