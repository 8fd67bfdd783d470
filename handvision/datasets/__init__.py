"""Real pictures: which there are, how they are fetched, and one reader for each."""
