"""What was measured: records, ablations, tables, releases."""
