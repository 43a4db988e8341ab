"""Refuse every way through the server to somewhere else, and tell each time what was asked for."""

import asyncssh

from kty.ssh.facts import shown

LOCAL, REMOTE, DEVICE, X11, AGENT = "local-forward", "remote-forward", "tunnel-device", "x11-forward", "agent-forward"
"""What logs and metrics call them."""
_PROHIBITED = asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED


class NoForwards(asyncssh.SSHServer):
    """Answers asyncssh where somebody wants one."""

    def refuse(self, reason: str, why: str, person: str = "") -> None:
        """Tell that something is not allowed, by the limit of this name."""

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:
        self.refuse(LOCAL, shown(f"a connection to {dest_host} port {dest_port} was asked for"))
        raise asyncssh.ChannelOpenError(_PROHIBITED, "this server forwards no connections")

    def unix_connection_requested(self, dest_path: str) -> bool:
        self.refuse(LOCAL, shown(f"a connection to the socket {dest_path} was asked for"))
        raise asyncssh.ChannelOpenError(_PROHIBITED, "this server forwards no connections")

    def server_requested(self, listen_host: str, listen_port: int) -> bool:
        self.refuse(REMOTE, shown(f"{listen_host or 'every address'} port {listen_port} was to be listened on"))
        return False

    def unix_server_requested(self, listen_path: str) -> bool:
        self.refuse(REMOTE, shown(f"the socket {listen_path} was to be listened on"))
        return False

    def tun_requested(self, unit: int | None) -> bool:
        self.refuse(DEVICE, "a network device (tun) was asked for")
        raise asyncssh.ChannelOpenError(_PROHIBITED, "this server opens no network devices")

    def tap_requested(self, unit: int | None) -> bool:
        self.refuse(DEVICE, "a network device (tap) was asked for")
        raise asyncssh.ChannelOpenError(_PROHIBITED, "this server opens no network devices")

    def x11_requested(self) -> None:
        self.refuse(X11, "X11 was to be forwarded")

    def agent_requested(self) -> None:
        self.refuse(AGENT, "an agent was to be forwarded")
