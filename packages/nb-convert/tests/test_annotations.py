"""Times, states and the banner of a failure, in the notebook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import nbformat

from antiphon_nb_convert.execution import Notes, run, with_banner
from antiphon_nb_convert.execution.annotations import without_banner
from antiphon_nb_convert.execution.results import Failure

Cells = Callable[..., dict[str, Any]]


def test_notes_of_a_run(cells: Cells, scripted: str) -> None:
    notebook = cells("say a", "", "raise E", "say d")
    notebook["cells"].append({"cell_type": "markdown", "id": "m", "source": "text", "metadata": {"papermill": "old"}})
    notes = Notes()
    before = datetime.now(UTC)
    found = run(notebook, kernel=scripted, on_error="stop", on_event=notes)
    after = datetime.now(UTC)
    noted = notes.put_into(found.notebook, {"x": 1}, ("in.ipynb", "out.ipynb"))
    nbformat.validate(nbformat.from_dict(noted))
    kept = [cell["metadata"].get("papermill") for cell in noted["cells"]]
    assert [note and (note["status"], note["exception"]) for note in kept] == [
        *(("completed", False), ("pending", None), ("failed", True), ("pending", None)),
        None,
    ]
    first, whole = kept[0], noted["metadata"]["papermill"]
    assert before <= datetime.fromisoformat(first["start_time"]) <= datetime.fromisoformat(first["end_time"]) <= after
    assert 0 < first["duration"] <= whole["duration"]
    assert (whole["exception"], whole["parameters"], whole["input_path"], whole["output_path"]) == (
        *(True, {"x": 1}),
        *("in.ipynb", "out.ipynb"),
    )
    assert "papermill" not in found.notebook["metadata"]


def test_the_banner_leads_to_the_cell_and_is_renewed(cells: Cells) -> None:
    plain = cells("a", "b", "c")
    failure = Failure("error", 2, 1, "E: <why> & how")
    once = with_banner(plain, failure)
    assert [cell["source"] for cell in once["cells"]] == [
        '**Stopped**: cell 2: E: &lt;why&gt; &amp; how — <a href="#papermill-error-cell">the cell</a>',
        "a",
        '<span id="papermill-error-cell"></span>**The run stopped here.**',
        "b",
        "c",
    ]
    again = with_banner(once, failure._replace(cell_index=4))
    assert [cell["source"][:3] for cell in again["cells"]] == ["**S", "a", "b", "<sp", "c"]
    nbformat.validate(nbformat.from_dict(again))
    assert without_banner(again) == plain
    alone = with_banner(plain, Failure("no kernel", None, None, "no kernel 'x'"))
    assert [cell["source"] for cell in alone["cells"]] == ["**Stopped**: no kernel 'x'", "a", "b", "c"]
