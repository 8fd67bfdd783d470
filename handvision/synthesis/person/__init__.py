"""Whole persons: drawn photos of people with all that is known of their hands."""
