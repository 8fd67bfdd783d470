"""Runs exported files as their users would, to set their answers beside those of Keras."""

import numpy as np
import pytest

from handvision.models import export_litert, export_onnx


def run_onnx(path, x):
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(None, {session.get_inputs()[0].name: x}), strict=True))


def run_litert(path, x):
    interpreter = pytest.importorskip("ai_edge_litert.interpreter").Interpreter(str(path))
    runner = interpreter.get_signature_runner()
    (name,) = runner.get_input_details()
    answers = [runner(**{name: picture[None]}) for picture in x]  # a batch is one picture there
    return {key: np.concatenate([answer[key] for answer in answers]) for key in answers[0]}


FORMATS = {
    "onnx": (export_onnx, run_onnx, "model.onnx"),
    "litert": (export_litert, run_litert, "model.tflite"),
}


def exported(model, kind, folder, x):
    """What Keras and the exported file answer, as two dicts."""
    export, run, name = FORMATS[kind]
    path = export(model, folder / "new" / name)
    assert [file.name for file in path.parent.iterdir()] == [name]  # nothing half-written beside it
    answers = model.predict(x, verbose=0)
    named = answers if isinstance(answers, dict) else {model.output_names[0]: answers}
    return named, run(path, x)
