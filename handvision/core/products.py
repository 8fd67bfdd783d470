"""The suite's products: one table of the models that are trained, released, tested and described."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """A model that the suite trains and releases.

    Attributes:
        name: of its files: `<name>.keras` and the record `<name>.json`.
        title: what it is, in a few words.
        notebook: path of the notebook that makes it, inside the repository.
        builder: "module:function" that builds its network, as `pkgutil.resolve_name` takes it.
        limit_mb: the largest file that may be released, in MiB.
        version: number of the release that is in `models/`; 0 before the first one.
        sha256: of that released `.keras` file; "" before the first release.
        parts: recipes (`training.recipes`) of the models that it is joined from.
        command: that makes it; "" for a product that its notebook makes.
    """

    name: str
    title: str
    notebook: str
    builder: str
    limit_mb: float
    version: int = 0
    sha256: str = ""
    parts: tuple[str, ...] = ()
    command: str = ""

    @property
    def maker(self) -> str:
        """What is run to make it."""
        return self.command or self.notebook


# In the order in which a reader meets them.
PRODUCTS = {
    product.name: product
    for product in (
        Product(
            name="finger_numbers",
            title="number of raised fingers and rotation, from the mask of a hand",
            notebook="6_finger_numbers_recognition/6_finger_numbers_recognition.ipynb",
            builder="handvision.models.reader:build_classifier",
            limit_mb=2,
            version=1,
            sha256="c642e1b5aeeeb5160d3436c4e1202bda09b0e015f11a70fa6ac3dde96983c23b",
        ),
        Product(
            name="gestures",
            title="one of twenty gestures and rotation, from the mask of a hand",
            notebook="20_gestures_recognition/20_gestures_recognition.ipynb",
            builder="handvision.models.reader:build_classifier",
            limit_mb=2,
            version=1,
            sha256="910d6dbb1c095b75a4d09c367cf7e954991393cdcd7357dd5b5f848f23ca65da",
        ),
        Product(
            name="unet",
            title="mask of hands, from a photo",
            notebook="notebooks/2_unet.ipynb",
            builder="handvision.models.segmenters.unet:build_unet",
            limit_mb=8,
            version=4,
            sha256="96033c13fe39032d7b73d4ec33e47ee0e2e33cae048e1fd2040d894e88210ec9",
        ),
        Product(
            name="deeplab_v3_plus",
            title="mask of hands, from a photo",
            notebook="notebooks/3_deeplab_v3_plus.ipynb",
            builder="handvision.models.segmenters.deeplab:build_deeplab_v3_plus",
            limit_mb=12,
            version=3,
            sha256="1001a616ea3cc39c3ab7ed38f0c9a23077dc2ecf63beda9477b4fd1210ceb503",
        ),
        Product(
            name="combined",
            title="every hand of a photo, by two looks: number, gesture, mask, points, rotation and side",
            notebook="CombinedModels/CombinedModels.ipynb",
            builder="handvision.models.two_looks:look_twice",
            limit_mb=24,
            version=5,
            sha256="57ee635b408a563fad754815f8ae2fa575b6ceee2ab178ce94e398ac069ddb53",
            parts=("finder", "close_reader"),
            command="handvision train combined --data real",
        ),
    )
}


def find_product(name: str) -> Product:
    """The product of this name.

    Raises:
        ValueError: there is none; the message lists those that there are.
    """
    if name not in PRODUCTS:
        raise ValueError(f"no model is called {name!r}; there are {', '.join(PRODUCTS)}")
    return PRODUCTS[name]
