"""From pictures of any kind to readings."""
