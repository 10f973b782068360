"""Tokens that nobody ought to make: signed by whom, and saying what, a test likes."""

import base64
import hashlib
import hmac
import json
import subprocess
import tempfile
import time

from whole import PROGRAMS


def packed(data):
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unpacked(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Signer:
    """Signs by ES256 with the key that `anjuctl token init` made in a folder."""

    def __init__(self, folder):
        self.jwk = json.loads((folder / "signing.jwk").read_text())
        secret, point = unpacked(self.jwk["d"]), b"\4" + unpacked(self.jwk["x"]) + unpacked(self.jwk["y"])
        # RFC 5915, for P-256.
        self.der = bytes.fromhex("30770201010420") + secret + bytes.fromhex("a00a06082a8648ce3d030107a144034200") + point

    def signature(self, text):
        with tempfile.NamedTemporaryFile() as key:
            key.write(self.der)
            key.flush()
            signed = subprocess.run(["openssl", "dgst", "-sha256", "-keyform", "DER", "-sign", key.name], input=text.encode(), capture_output=True,
                                    check=True, timeout=30).stdout
        # SEQUENCE of two INTEGERs.
        first = signed[4:4 + signed[3]]
        second = signed[6 + len(first):]
        return b"".join(number[-32:].rjust(32, b"\0") for number in (first, second))

    def sign(self, claims, kid=None):
        said = packed({"alg": "ES256", "kid": kid or self.jwk["kid"]}) + "." + packed(claims)
        return said + "." + packed(self.signature(said))


def rogues(anju, role, division):
    """Tokens that open nothing, each with why: {what is wrong: (token, reason)}."""
    ours = Signer(anju.data / "keys")
    other = anju.data / "other-keys"
    subprocess.run([PROGRAMS / "anjuctl", "token", "init", other], check=True, capture_output=True, timeout=30)
    theirs, kid, now = Signer(other), ours.jwk["kid"], int(time.time())
    good = {"sub": "rogue", "roles": [role], "scope": division, "iss": "anju", "aud": "anju", "iat": now, "exp": now + 3600}
    public = (anju.data / "keys/jwks.json").read_bytes()

    def without(name):
        return {claim: value for claim, value in good.items() if claim != name}

    def hashed(said):
        return said + "." + packed(hmac.digest(public, said.encode(), hashlib.sha256))

    open_head = packed({"alg": "none", "kid": kid}) + "." + packed(good)
    return {
        "no token": (None, "TOKEN_MISSING"),
        "rubbish": ("x", "TOKEN_MALFORMED"),
        "expired": (ours.sign(good | {"iat": now - 7200, "exp": now - 120}), "TOKEN_EXPIRED"),
        "good for ever": (ours.sign(without("exp")), "TOKEN_EXPIRED"),
        "not yet": (ours.sign(good | {"nbf": now + 600}), "TOKEN_NOT_YET_VALID"),
        "of tomorrow": (ours.sign(good | {"iat": now + 600}), "TOKEN_NOT_YET_VALID"),
        "another audience": (ours.sign(good | {"aud": "bank"}), "TOKEN_AUDIENCE"),
        "another issuer": (ours.sign(good | {"iss": "bank"}), "TOKEN_ISSUER"),
        "another key": (theirs.sign(good), "TOKEN_SIGNATURE"),
        "another key under our name": (theirs.sign(good, kid), "TOKEN_SIGNATURE"),
        "unsigned": (open_head + ".", "TOKEN_MALFORMED"),
        "no algorithm": (open_head + "." + packed(b"x" * 64), "TOKEN_SIGNATURE"),
        "our public key as a secret": (hashed(packed({"alg": "HS256", "kid": kid}) + "." + packed(good)), "TOKEN_SIGNATURE"),
        "no division": (ours.sign(without("scope")), "TOKEN_SCOPE"),
        "the whole country": (ours.sign(good | {"scope": "*"}), "TOKEN_SCOPE"),
        "a division that is none": (ours.sign(good | {"scope": "4504%"}), "TOKEN_SCOPE"),
    }
