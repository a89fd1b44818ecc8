"""Notebooks of popular libraries on our kernel and on ipykernel: both say the same, MIME type by MIME type."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from comparing import Names, comparable, differences
from running import Said, Session, cells, kernel

HERE = Path(__file__).parent
NOTEBOOKS = sorted(HERE.glob("*.ipynb"))
OURS, THEIRS = "antiphon_python_kernel", "ipykernel_launcher"


def environment(folder: Path) -> dict[str, str]:
    """Nobody's settings, no caches of other runs, and no colours that depend on the terminal."""
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    return {
        **{name: str(home) for name in ("HOME", "IPYTHONDIR", "ANTIPHON_HOME", "MPLCONFIGDIR", "XDG_CACHE_HOME")},
        "COLUMNS": "80",
        "PYTHONHASHSEED": "0",
    }


async def both(python: str, folder: Path, talk: Any) -> tuple[Any, Any]:
    """What `talk(session)` gives on our kernel, and on ipykernel; both at once."""

    async def one(module: str) -> Any:
        place = folder / module
        place.mkdir(parents=True)
        argv = [python, "-m", module, "-f", "{connection_file}"]
        async with kernel(argv, environment(place), place) as session:
            return await talk(session)

    ours, theirs = await asyncio.gather(one(OURS), one(THEIRS))
    return ours, theirs


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_both_kernels_say_the_same(python: str, notebook: Path, tmp_path: Path) -> None:
    sources = cells(notebook)

    async def talk(session: Session) -> list[Said]:
        return [await session.run(source) for source in sources]

    ours, theirs = asyncio.run(both(python, tmp_path, talk))
    our_names, their_names = Names(), Names()
    found = []
    for number, source in enumerate(sources):
        one, other = comparable(ours[number], our_names), comparable(theirs[number], their_names)
        found += [f"cell {number} ({source.splitlines()[0][:60]}) {line}" for line in differences(one, other)]
    assert not found, "\n".join(found)
    assert any(said for said in ours), "a notebook that says nothing proves nothing"


SLIDER = """
import ipywidgets as widgets
from IPython.display import display
slider = widgets.IntSlider(value=3)
out = widgets.Output()
def changed(change):
    with out:
        print("now", change["new"])
slider.observe(changed, names="value")
display(slider, out)
"""


def test_a_slider_goes_there_and_back(python: str, tmp_path: Path) -> None:
    async def talk(session: Session) -> tuple[Said, Said, Said]:
        opened = await session.run(SLIDER)
        (comm_id,) = [
            each["comm_id"]
            for each in opened
            if each["type"] == "comm_open" and each["data"]["state"].get("_model_name") == "IntSliderModel"
        ]
        moved = await session.update(comm_id, {"value": 8})
        return opened, moved, await session.run("print(slider.value)\nout.outputs")

    ours, theirs = asyncio.run(both(python, tmp_path, talk))
    assert {"type": "stream", "name": "stdout", "text": "now 8\n"} in ours[1]
    assert ours[2][0]["text"] == "8\n"
    our_names, their_names = Names(), Names()
    for one, other in zip(ours, theirs, strict=True):
        assert differences(comparable(one, our_names), comparable(other, their_names)) == []


ANYWIDGET = """
import anywidget, traitlets
class Counter(anywidget.AnyWidget):
    _esm = "export default { render() {} }"
    count = traitlets.Int(0).tag(sync=True)
seen = []
counter = Counter()
counter.observe(lambda change: seen.append(change["new"]), names="count")
counter
"""


def test_a_trait_of_anywidget_goes_there_and_back(python: str, tmp_path: Path) -> None:
    async def talk(session: Session) -> Said:
        opened = await session.run(ANYWIDGET)
        (comm_id,) = [
            each["comm_id"] for each in opened if each["type"] == "comm_open" and "count" in each["data"]["state"]
        ]
        await session.update(comm_id, {"count": 9})
        return await session.run("seen")

    ours, theirs = asyncio.run(both(python, tmp_path, talk))
    assert ours[0]["data"]["text/plain"] == theirs[0]["data"]["text/plain"] == "[9]"
