"""What every other part may use: examples, checks, files, hashes, and where things lie."""
