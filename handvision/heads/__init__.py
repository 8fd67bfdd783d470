"""What a network says of a hand: one file for each answer."""
