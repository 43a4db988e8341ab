"""The programs that a container has in /bin: what they print is what BusyBox prints, as far as they go."""
