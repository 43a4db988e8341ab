"""Which fields the kinds have: the built-in ones' are learnt from a real API server (tests/contract/schema.py)."""
