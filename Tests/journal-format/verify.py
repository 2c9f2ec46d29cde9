#!/usr/bin/env python3
"""Verifies an exported journal without the station's code: docs/journal-format.md.
    verify.py [FILE]         lines of {"entry":…,"hash":"…"}, from FILE or standard input
    verify.py --vectors FILE
Exit code 0 when all is right, 3 when the journal is refused."""

import hashlib
import json
import sys


def spelled(value):
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(spelled(n) + ":" + spelled(value[n]) for n in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(spelled, value)) + "]"
    if value is None or type(value) is float or type(value) is int and abs(value) >= 2**53:
        raise ValueError("null, a fraction or too large a number")
    return json.dumps(value, ensure_ascii=False)


def genesis(entry, key):
    start = {"epoch": entry["epoch"], "format": 1, "key": key, "station": entry["station"]}
    return hashlib.sha256(spelled(start).encode()).digest()


def verify(lines):
    head, identity = b"", None
    for number, line in enumerate(lines, 1):
        try:
            canonical = line[len(b'{"entry":'):-len(b',"hash":"') - 66]
            entry = json.loads(canonical)
            name = entry["station"], entry["epoch"]
            if number == 1:
                identity, head = name, genesis(entry, entry["body"]["key"])
            head, sums = hashlib.sha256(head + canonical).digest(), {}
            for _, amount, unit in entry["postings"]:
                sums[unit] = sums.get(unit, 0) + amount
            facts = {"number": entry["sequence"] == number, "station or epoch": name == identity,
                     "spelling": spelled(entry).encode() == canonical,
                     "line": line == b'{"entry":%s,"hash":"%s"}' % (canonical, line[-66:-2]),
                     "hash": head.hex().encode() == line[-66:-2],
                     "sum of the postings": not any(sums.values())}
        except (KeyError, TypeError, ValueError) as error:
            return 3, f"entry {number}: no entry: {error!r}"
        if not all(facts.values()):
            return 3, f"entry {number}: wrong {next(what for what in facts if not facts[what])}"
    return (0, f"{len(lines)} entries, head {head.hex()}: ok") if lines else (3, "no entries")


if sys.argv[1:2] == ["--vectors"]:
    vectors = json.load(open(sys.argv[2], encoding="utf-8"))
    lines = [b'{"entry":%s,"hash":"%s"}' % (v["canonical"].encode(), v["hash"].encode())
             for v in vectors["entries"]]
else:
    lines = (open(sys.argv[1], "rb") if sys.argv[1:] else sys.stdin.buffer).read().splitlines()
code, text = verify(lines)
print(text)
sys.exit(code)
