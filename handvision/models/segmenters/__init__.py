"""Networks from a photo to the mask of its hands."""
