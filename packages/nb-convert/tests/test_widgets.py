"""Widget models as notebooks keep them."""

from __future__ import annotations

import base64

from antiphon_nb_convert.execution.widgets import MIME, TARGET, WidgetModels

SLIDER = {"_model_module": "@jupyter-widgets/controls", "_model_module_version": "2.0.0", "_model_name": "IntSlider"}


def test_a_model_and_its_updates() -> None:
    models = WidgetModels()
    models.open("a", TARGET, {"state": {**SLIDER, "value": 1}}, ())
    models.update("a", {"method": "update", "state": {"value": 7}}, ())
    models.update("a", {"method": "custom", "content": {"x": 1}}, ())
    state = models.state()
    assert state is not None and list(state) == [MIME]
    assert (state[MIME]["version_major"], state[MIME]["version_minor"]) == (2, 0)
    assert state[MIME]["state"]["a"] == {
        "model_module": "@jupyter-widgets/controls",
        "model_module_version": "2.0.0",
        "model_name": "IntSlider",
        "state": {**SLIDER, "value": 7},
    }


def test_binary_parts_by_their_path() -> None:
    models = WidgetModels()
    data = {"state": {**SLIDER, "deep": {"er": [None]}}, "buffer_paths": [["value"], ["deep", "er", 0]]}
    model = models.open("a", TARGET, data, (b"one", memoryview(b"two")))
    assert model is not None
    assert model.saved()["buffers"] == [
        {"data": base64.b64encode(b"one").decode(), "encoding": "base64", "path": ["value"]},
        {"data": base64.b64encode(b"two").decode(), "encoding": "base64", "path": ["deep", "er", 0]},
    ]
    models.update("a", {"state": {}, "buffer_paths": [["value"]]}, (b"three",))
    assert {path: bytes(buffer) for path, buffer in model.buffers.items()} == {
        ("deep", "er", 0): b"two",
        ("value",): b"three",
    }
    models.update("a", {"state": {"value": None}}, ())
    assert list(model.buffers) == [("deep", "er", 0)], "what is no longer binary has no buffer"


def test_closed_models_and_comms_of_others_are_not_kept() -> None:
    models = WidgetModels()
    assert models.open("x", "somebody.else", {"state": dict(SLIDER)}, ()) is None
    models.open("a", TARGET, {"state": dict(SLIDER)}, ())
    models.open("b", TARGET, {"state": dict(SLIDER)}, ())
    models.close("a")
    models.close("never there")
    state = models.state()
    assert state is not None and list(state[MIME]["state"]) == ["b"]
    models.close("b")
    assert models.state() is None
