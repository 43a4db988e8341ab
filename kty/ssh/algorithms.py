"""Which algorithms are offered; a client chooses among them, in its own order (RFC 4253, section 7.1)."""

from dataclasses import dataclass

SIGNATURES = (
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
"""By which people prove that a key is theirs; without SHA-1 (`ssh-rsa`), as OpenSSH since 8.8."""
_POST_QUANTUM = "mlkem768x25519-sha256"


@dataclass(frozen=True, slots=True)
class Algorithms:
    """Names as in RFC 4250 and OpenSSH's PROTOCOL."""

    kex: tuple[str, ...]
    encryption: tuple[str, ...] = (
        "aes128-gcm@openssh.com",
        "aes256-gcm@openssh.com",
        "chacha20-poly1305@openssh.com",
        "aes128-ctr",
        "aes192-ctr",
        "aes256-ctr",
    )
    mac: tuple[str, ...] = (
        "hmac-sha2-256-etm@openssh.com",
        "hmac-sha2-512-etm@openssh.com",
        "umac-128-etm@openssh.com",
    )
    signature: tuple[str, ...] = SIGNATURES
    compression: tuple[str, ...] = ("none",)
    """A few bytes that unpack to megabytes are an attack, and what is sent is small."""


def algorithms(*, strict_pq: bool = False) -> Algorithms:
    """Return what is offered; `strict_pq` leaves nothing that a quantum computer could read later.

    That needs OpenSSH 9.9 or newer. Else curve25519 comes first: dropbear guesses the first one, and OpenSSH takes
    ML-KEM anyway.
    """
    if strict_pq:
        return Algorithms(kex=(_POST_QUANTUM,))
    return Algorithms(kex=("curve25519-sha256", "curve25519-sha256@libssh.org", _POST_QUANTUM))
