"""Measures of kty, beside a peer or a floor in the same run. Never part of the tests."""
