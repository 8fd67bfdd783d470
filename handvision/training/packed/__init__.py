"""The reader's training from one file, for an hour on somebody's GPU: under JAX, without OpenCV or data sets.

`packing` writes the file where the data are, `file` reads it, `run` trains from it. Pictures are decoded once
and stay on the device, where `crops` cuts them and `weather` lights them.
"""
