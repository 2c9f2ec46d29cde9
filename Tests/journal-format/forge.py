#!/usr/bin/env python3
"""Changes one entry of an exported journal and makes the chain from there on anew, as whoever
knows docs/journal-format.md would: no hash is wrong then, and only the change itself can tell.

    forge.py FILE ENTRY PATTERN REPLACEMENT    the first match; the journal goes to standard output"""

import hashlib
import re
import sys

path, number, pattern, replacement = sys.argv[1:]
head = b""
for at, line in enumerate(open(path, "rb").read().splitlines(), 1):
    canonical, written = re.fullmatch(rb'\{"entry":(.*),"hash":"(.{64})"\}', line).groups()
    if at < int(number):
        head = bytes.fromhex(written.decode())
    else:
        if at == int(number):
            canonical, count = re.subn(pattern.encode(), replacement.encode(), canonical, count=1)
            assert count == 1, f"entry {number} has no {pattern}"
        head = hashlib.sha256(head + canonical).digest()
    sys.stdout.buffer.write(b'{"entry":%s,"hash":"%s"}\n' % (canonical, head.hex().encode()))
