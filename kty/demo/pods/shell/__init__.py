"""A small POSIX shell: from text to commands, and what they do."""
