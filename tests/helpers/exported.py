"""Runs exported files as their users would, to set their answers beside those of Keras."""

import numpy as np
import pytest

from handvision.models import export_litert, export_onnx


def open_onnx(path):
    """A function from a batch to the file's answers."""
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return lambda x: dict(zip(names, session.run(None, {session.get_inputs()[0].name: x}), strict=True))


def open_litert(path):
    """A function from a batch to the file's answers."""
    interpreter = pytest.importorskip("ai_edge_litert.interpreter").Interpreter(str(path))
    runner = interpreter.get_signature_runner()
    (name,) = runner.get_input_details()

    def run(x):
        answers = [runner(**{name: picture[None]}) for picture in x]  # a batch is one picture there
        return {key: np.concatenate([answer[key] for answer in answers]) for key in answers[0]}

    return run


def run_onnx(path, x):
    return open_onnx(path)(x)


def run_litert(path, x):
    return open_litert(path)(x)


FORMATS = {
    "onnx": (export_onnx, open_onnx, "model.onnx"),
    "litert": (export_litert, open_litert, "model.tflite"),
}


def exported(model, kind, folder, x):
    """What Keras and the exported file answer, as two dicts."""
    export, open_file, name = FORMATS[kind]
    path = export(model, folder / "new" / name)
    assert [file.name for file in path.parent.iterdir()] == [name]  # nothing half-written beside it
    answers = model.predict(x, verbose=0)
    named = answers if isinstance(answers, dict) else {model.output_names[0]: answers}
    return named, open_file(path)(x)
