"""Writes a keyring file of gnome-keyring with so many items like Fobwatch's own, for a session that starts with them.

    keyring_file.py FILE COUNT

To make 5,000 items by the daemon takes twenty minutes, since each of them rewrites the file. The format is that of
gnome-keyring's own docs/file-format.txt, version 0.0; the daemon reads it, and writes it anew with the first change.
"""

import hashlib
import os
import secrets
import struct
import subprocess
import sys
from pathlib import Path

# As tests/session/session.sh has it.
PASSWORD = b"session"
# What the daemon takes is random, between 1000 and 4096.
ITERATIONS = 2500
SERVICE = b"dev.fobwatch"
# With the rest of the envelope about 700 bytes.
TOKEN_LENGTH = 300


def number(value):
    return struct.pack(">I", value)


def text(value):
    return b"\xff\xff\xff\xff" if value is None else number(len(value)) + value


def attributes(of, written):
    pairs = ((b"service", SERVICE), (b"username", of))
    return number(len(pairs)) + b"".join(text(name) + number(0) + text(written(value)) for name, value in pairs)


def items(count):
    """The open and the secret part of each item."""
    vault, time = secrets.token_hex(16), struct.pack(">Q", 1_760_000_000)
    for n in range(count):
        credential = secrets.token_hex(16)
        item = f"{vault}/{credential}/a".encode()
        envelope = (
            f'{{"v":1,"credential":"{credential}","device":"0123456789abcdef","generation":0,'
            f'"issuer":"https://accounts.example.test","client_id":"bench",'
            f'"token_endpoint":"https://h{n % 50}.example.test/oauth2/v1/token",'
            f'"value":"{secrets.token_hex(TOKEN_LENGTH // 2)}","sha256":"{secrets.token_hex(32)}"}}'
        )
        hashed = attributes(item, lambda value: hashlib.md5(value).hexdigest().encode())
        label = f"Fobwatch: login-{n}".encode()
        secret = text(label) + text(envelope.encode()) + time + time + text(None) + number(0) * 4
        yield number(n + 1) + number(0) + hashed, secret + attributes(item, lambda value: value) + number(0)


def keyring(count):
    made = list(items(count))
    salt = secrets.token_bytes(8)
    head = b"GnomeKeyring\n\r\0\n" + bytes(4) + text(b"Login") + bytes(16) + number(0) * 2
    head += number(ITERATIONS) + salt + number(0) * 4 + number(count) + b"".join(item[0] for item in made)
    plain = b"".join(item[1] for item in made)
    plain += bytes(-len(plain) % 16)
    plain = hashlib.md5(plain).digest() + plain
    key = PASSWORD + salt
    for _ in range(ITERATIONS):
        key = hashlib.sha256(key).digest()
    # Key and first block as arguments: both are worth nothing, and so is what they open.
    cipher = ["openssl", "enc", "-aes-128-cbc", "-nopad", "-K", key[:16].hex(), "-iv", key[16:].hex()]
    sealed = subprocess.run(cipher, input=plain, capture_output=True, check=True).stdout
    return head + number(len(sealed)) + sealed


def main(file, count):
    path = Path(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(keyring(int(count)))
    os.chmod(path, 0o600)


if __name__ == "__main__":
    main(*sys.argv[1:])
