"""Reads the hands of more photos than one process can: many workers, whole shards, every photo once.

`job.read_in_bulk` is the whole; `rows.RowReader` is the function under it, which knows no engine. What lies
in the folder that comes out, and the same function under other engines, is told in `docs/bulk.md`.
"""
