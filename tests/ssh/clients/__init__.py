"""Clients that people have, each as a program that comes to a server."""
