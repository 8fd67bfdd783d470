"""Convolutions that turn a photo into features."""
