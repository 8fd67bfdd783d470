"""Data flows one way: catalog, download, load (or render, or composite), then the task of a notebook."""
