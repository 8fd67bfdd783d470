"""What is behind and beside a drawn hand."""
