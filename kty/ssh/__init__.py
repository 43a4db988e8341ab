"""Serve an app on SSH channels: one app for each, in one process."""
