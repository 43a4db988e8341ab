"""Put a Textual app on any byte stream."""
