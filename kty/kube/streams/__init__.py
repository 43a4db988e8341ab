"""Carry the byte streams of pods: logs, commands, terminals, connections and files."""
