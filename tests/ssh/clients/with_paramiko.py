"""Come to a server as programs in Python do, by paramiko: `[-t] HOST PORT USER KEYS HOSTKEY [COMMAND]`.

KEYS are files of private keys, with commas between them, and are tried in this order.
"""

import os
import sys
import threading
from collections.abc import Sequence

import paramiko


def main(words: Sequence[str]) -> int:
    """Run a command, or a shell, with these streams; return its exit status."""
    has_terminal = words[:1] == ["-t"]
    host, port, user, keys, host_key, *command = words[has_terminal:]
    client = paramiko.SSHClient()
    client.load_host_keys(host_key)
    try:
        client.connect(
            host, int(port), user, key_filename=keys.split(","), allow_agent=False, look_for_keys=False, timeout=30
        )
    except paramiko.SSHException as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 255
    with client:
        transport = client.get_transport()
        assert transport is not None
        channel = transport.open_session()
        if has_terminal:
            channel.get_pty("xterm-256color", 80, 24)
        if command:
            channel.exec_command(command[0])
        else:
            channel.invoke_shell()
        threading.Thread(target=_type, args=(channel,), daemon=True).start()
        complaining = threading.Thread(target=_complain, args=(channel,))
        complaining.start()
        while data := channel.recv(65_536):
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        complaining.join()
        return int(channel.recv_exit_status())


def _type(channel: paramiko.Channel) -> None:
    while data := os.read(0, 65_536):
        channel.sendall(data)
    channel.shutdown_write()


def _complain(channel: paramiko.Channel) -> None:
    while data := channel.recv_stderr(65_536):
        sys.stderr.buffer.write(data)
        sys.stderr.buffer.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
