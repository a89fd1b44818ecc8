"""`%notebook file.ipynb`: the cells of this session as a notebook, with the results that are still kept."""

from __future__ import annotations

import json
import os
from typing import Any

from ..capture import capture_output
from ..errors import UsageError
from .macros import Macro


def notebook(line: str, history: Any, namespace: Any, displayer: Any) -> None:
    """`%notebook file.ipynb`: write this session's cells, and the results `Out` still has, as a notebook."""
    path = os.path.expanduser(line.strip().removeprefix("-e").strip())
    if not path:
        raise UsageError("%notebook needs a file name")
    cells = []
    for _, number, source in history.range()[:-1]:
        outputs: list[dict[str, Any]] = []
        value = namespace.outputs.get(number)
        if number in namespace.outputs and not isinstance(value, Macro):  # to show a macro is to run it
            with capture_output() as captured:  # what shows itself shall do so in the notebook, not here
                data, metadata = displayer.format(value)
            outputs += [
                {"output_type": "display_data", "data": shown.data, "metadata": shown.metadata}
                for shown in captured.outputs
            ]
            if data:
                outputs.append(
                    {"output_type": "execute_result", "execution_count": number, "data": data, "metadata": metadata}
                )
        cells.append(
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "metadata": {},
                "execution_count": number,
                "source": source.splitlines(keepends=True),
                "outputs": outputs,
            }
        )
    document = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3 (Antiphon)", "language": "python", "name": "antiphon"},
            "language_info": {"name": "python", "file_extension": ".py"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    try:
        with open(f"{path}.new", "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1, ensure_ascii=False)
            file.write("\n")
        os.replace(f"{path}.new", path)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
