#!/usr/bin/env python3
"""Verifies an exported journal without the station's code: docs/journal-format.md.
    verify.py [FILE]         lines of {"entry":…,"hash":"…"}, from FILE or standard input
    verify.py --vectors FILE
"""

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
    head, number, identity = b"", 0, None
    for number, line in enumerate(lines, 1):
        canonical, stored = line[len(b'{"entry":'):-len(b',"hash":"') - 66], line[-66:-2].decode()
        entry = json.loads(canonical)
        name = entry["station"], entry["epoch"]
        if number == 1:
            identity, head = name, genesis(entry, entry["body"]["key"])
        head = hashlib.sha256(head + canonical).digest()
        sums = {}
        for _, amount, unit in entry["postings"]:
            sums[unit] = sums.get(unit, 0) + amount
        for what, holds in {
            "number": entry["sequence"] == number,
            "station or epoch": name == identity,
            "spelling": spelled(entry).encode() == canonical,
            "hash": head.hex() == stored,
            "sum of the postings": not any(sums.values()),
        }.items():
            if not holds:
                return f"entry {number}: wrong {what}"
    return f"{number} entries, head {head.hex()}: ok"


if sys.argv[1:2] == ["--vectors"]:
    vectors = json.load(open(sys.argv[2], encoding="utf-8"))
    lines = [b'{"entry":%s,"hash":"%s"}' % (v["canonical"].encode(), v["hash"].encode())
             for v in vectors["entries"]]
else:
    lines = (open(sys.argv[1], "rb") if sys.argv[1:] else sys.stdin.buffer).read().splitlines()
result = verify(lines)
print(result)
sys.exit(not result.endswith(": ok"))
