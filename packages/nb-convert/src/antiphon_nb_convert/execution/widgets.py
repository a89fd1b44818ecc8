"""Models of Jupyter widgets as a notebook keeps them: state, binary buffers, version 2.0 of the widget state format.

Pure: what comes over comms goes in, `metadata.widgets` comes out. A model that was closed is gone.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, TypeAlias

TARGET = "jupyter.widget"
MIME = "application/vnd.jupyter.widget-state+json"
VIEW_MIME = "application/vnd.jupyter.widget-view+json"
OUTPUT_MODEL = ("@jupyter-widgets/output", "OutputModel")

Path: TypeAlias = tuple[str | int, ...]


class WidgetModel:
    """One model: its state as JSON, and the binary parts of it by their path."""

    __slots__ = ("buffers", "state")

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}
        self.buffers: dict[Path, bytes | bytearray | memoryview] = {}

    @property
    def kind(self) -> tuple[Any, Any]:
        """Module and name of the model's class."""
        return self.state.get("_model_module"), self.state.get("_model_name")

    def update(self, data: dict[str, Any], buffers: Sequence[bytes | bytearray | memoryview]) -> None:
        """Take in the data of a comm_open, or of a comm_msg that updates."""
        state = data.get("state")
        if not isinstance(state, dict):
            return  # a custom message: nothing to keep
        paths = [tuple(path) for path in data.get("buffer_paths") or () if isinstance(path, list) and path]
        renewed = {*state, *(path[0] for path in paths)}
        self.buffers = {path: buffer for path, buffer in self.buffers.items() if path[0] not in renewed}
        self.state.update(state)
        for path, buffer in zip(paths, buffers, strict=False):
            self.buffers[path] = buffer
            if len(path) == 1:
                self.state.pop(path[0], None)

    def saved(self) -> dict[str, Any]:
        """As `metadata.widgets` keeps it."""
        saved: dict[str, Any] = {
            "model_module": self.state.get("_model_module"),
            "model_module_version": self.state.get("_model_module_version"),
            "model_name": self.state.get("_model_name"),
            "state": {**self.state},
        }
        if self.buffers:
            saved["buffers"] = [
                {"data": base64.b64encode(buffer).decode("ascii"), "encoding": "base64", "path": list(path)}
                for path, buffer in self.buffers.items()
            ]
        return saved


class WidgetModels:
    """The models that are open."""

    def __init__(self) -> None:
        self._models: dict[str, WidgetModel] = {}

    def get(self, comm_id: str) -> WidgetModel | None:
        return self._models.get(comm_id)

    def open(
        self, comm_id: str, target: str, data: dict[str, Any], buffers: Sequence[bytes | bytearray | memoryview]
    ) -> WidgetModel | None:
        """The new model; None where the comm is no widget's."""
        if target != TARGET:
            return None
        model = self._models[comm_id] = WidgetModel()
        model.update(data, buffers)
        return model

    def update(
        self, comm_id: str, data: dict[str, Any], buffers: Sequence[bytes | bytearray | memoryview]
    ) -> WidgetModel | None:
        """The changed model; None where there is none of that id."""
        model = self._models.get(comm_id)
        if model is not None:
            model.update(data, buffers)
        return model

    def close(self, comm_id: str) -> None:
        self._models.pop(comm_id, None)

    def state(self) -> dict[str, Any] | None:
        """What stands under `metadata.widgets`, or None when no model is open."""
        saved = {comm_id: model.saved() for comm_id, model in self._models.items() if "_model_module" in model.state}
        return {MIME: {"version_major": 2, "version_minor": 0, "state": saved}} if saved else None
