"""Pictures that are made: drawn hands, cut-out hands over photos, and photos without a hand."""
