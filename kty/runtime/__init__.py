"""Keep a live copy of what the cluster holds: watch bytes in, rows and changes out."""
