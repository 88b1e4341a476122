"""Screens of the ladder."""
