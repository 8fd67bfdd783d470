"""How a hand is drawn: strata, skeleton, poses, scene, silhouette; and for photos skin and backdrop."""
