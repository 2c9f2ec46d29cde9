#!/usr/bin/env python3
"""Makes every state in which a power cut could have left a recorded run, and opens the journal
in each with the real code.

    replay.py [--states N] FOLDER CHECK ACKNOWLEDGED LOG...

FOLDER is what was recorded, CHECK the command that answers one line, the last entry and "ok", for
each folder that it is given on its standard input, ACKNOWLEDGED how many entries the recording
must acknowledge, LOG the recordings (record.c) of runs one after the other: the states are those
of the last. With --states, about that many of them, by seed.

What came before a file's last sync stands. Of later writes all, none, or some 512-byte sectors
do; truncations, renames and removals have happened or not; a folder's sync makes names last.
A state is good when everything acknowledged is there and the journal is right in itself.

Exit code 0 when all states are good; 3 when acknowledged entries were lost in some, which is all
that the control may do; 4 when a state, or the recording, is wrong in any other way.
"""

import argparse
import collections
import hashlib
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

LOST = 3
WRONG = 4

SECTOR = 512
SOME_PER_POINT = 3

Change = collections.namedtuple("Change", "op path offset data")


def read(path):
    text, at, changes = pathlib.Path(path).read_bytes(), 0, []
    while at < len(text):
        end = text.index(b"\n", at)
        op, offset, count, length = text[at:end].split()
        at = end + 1
        name = text[at:at + int(length)].decode()
        at += int(length)
        data = text[at:at + int(count)]
        at += int(count)
        changes.append(Change(op.decode(), name, int(offset), data))
    return changes


def put(content, offset, data):
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset:offset + len(data)] = data


def apply(files, change, whole, chance):
    """Carries a change out: whole, or as much of it as chance has it."""
    if change.op == "W":
        content = files.setdefault(change.path, bytearray())
        if whole:
            put(content, change.offset, change.data)
            return
        for start in range(0, len(change.data), SECTOR):
            if chance.random() < 0.5:
                put(content, change.offset + start, change.data[start:start + SECTOR])
    elif whole or chance.random() < 0.5:
        if change.op == "T":
            content = files.setdefault(change.path, bytearray())
            put(content, max(change.offset, 0), b"")
            del content[change.offset:]
        elif change.op == "U":
            files.pop(change.path, None)
        elif change.op == "R" and change.path in files:
            files[change.data.decode()] = files.pop(change.path)


def is_made_durable(change, path):
    if change.op in "UR":
        return str(pathlib.Path(change.path).parent) == path or change.path == path
    return change.path == path


def states(changes, chance, first):
    """(where, how, files, acknowledged) of every moment from the change `first` on."""
    durable, pending, acknowledged = {}, [], 0
    for index, change in enumerate(changes):
        if change.op == "A":
            acknowledged = change.offset
            continue
        if change.op == "S":
            for waiting in pending:
                if is_made_durable(waiting, change.path):
                    apply(durable, waiting, True, chance)
            pending = [c for c in pending if not is_made_durable(c, change.path)]
        else:
            pending.append(change)
        if index >= first:
            for how in ["all", "none"] + ["some"] * SOME_PER_POINT:
                yield index, how, durable, pending, acknowledged


def made(durable, pending, how, chance):
    files = {path: bytearray(content) for path, content in durable.items()}
    if how != "none":
        for change in pending:
            apply(files, change, how == "all", chance)
    return files


def digest(files, acknowledged):
    sum_ = hashlib.sha256(str(acknowledged).encode())
    for path in sorted(files):
        sum_.update(path.encode() + b"\0" + hashlib.sha256(files[path]).digest())
    return sum_.digest()


def doubts(changes, folder, acknowledged):
    """What shows that the recording is not whole."""
    counts = collections.Counter(change.op for change in changes)
    print(f"recorded: {counts['W']} writes, {counts['S']} syncs, {counts['A']} acknowledgements")
    if not counts["W"] or not counts["S"]:
        yield "nothing was written, or nothing synced"
    numbers = [change.offset for change in changes if change.op == "A"]
    if numbers != list(range(1, acknowledged + 1)):
        yield f"{len(numbers)} entries acknowledged instead of 1 to {acknowledged}"
    files = made({}, changes, "all", random.Random(1))
    found = {str(p): p.read_bytes() for p in pathlib.Path(folder).iterdir()
             if p.is_file() and not p.name.endswith("-shm")}
    for path in sorted(files.keys() | found.keys()):
        if bytes(files.get(path, b"")) != found.get(path):
            yield f"{path} is not what was recorded"


def main(folder, check, acknowledged_in_all, logs, wanted):
    chance = random.Random(1)
    runs = [read(log) for log in logs]
    changes = [change for run in runs for change in run]
    doubt = next(doubts(changes, folder, acknowledged_in_all), None)
    if doubt:
        print(f"the recording is wrong: {doubt}")
        return WRONG
    first = len(changes) - len(runs[-1])
    points = sum(change.op != "A" for change in runs[-1]) * (2 + SOME_PER_POINT)
    share = 1 if wanted is None else min(1, wanted / points)
    place = pathlib.Path(tempfile.mkdtemp(dir="/dev/shm" if wanted is None else None))
    answers = subprocess.Popen(check.split(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    seen, counts = set(), collections.Counter()
    for index, how, durable, pending, acknowledged in states(changes, chance, first):
        if chance.random() > share:
            continue
        files = made(durable, pending, how, chance)
        name = digest(files, acknowledged)
        if name in seen:
            continue
        seen.add(name)
        state = place / str(len(seen))
        state.mkdir()
        for path, content in files.items():
            (state / pathlib.Path(path).relative_to(folder)).write_bytes(content)
        answers.stdin.write(f"{state}\n")
        answers.stdin.flush()
        last, _, finding = answers.stdout.readline().strip().partition(" ")
        if finding == "ok" and acknowledged <= int(last) <= acknowledged + 1:
            verdict = "good"
        else:
            verdict = "lost" if finding == "ok" and int(last) < acknowledged else "wrong"
        counts[verdict] += 1
        if verdict != "good" and counts[verdict] <= 3:
            print(f"after change {index} ({changes[index].op}, {how} of what was not synced): "
                  f"entry {last}, {acknowledged} acknowledged, {finding}")
        shutil.rmtree(state)
    answers.stdin.close()
    answers.wait()
    shutil.rmtree(place)
    print(f"{counts.total()} states: {counts['good']} good, in {counts['lost']} acknowledged "
          f"entries lost, {counts['wrong']} wrong")
    if counts["wrong"] or not counts["good"]:
        return WRONG
    return LOST if counts["lost"] else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("check")
    parser.add_argument("acknowledged", type=int)
    parser.add_argument("log", nargs="+")
    parser.add_argument("--states", type=int)
    given = parser.parse_args()
    sys.exit(main(given.folder, given.check, given.acknowledged, given.log, given.states))
