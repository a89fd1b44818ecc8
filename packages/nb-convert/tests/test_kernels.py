"""Which kernel a notebook runs on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from antiphon_nb_convert.execution.kernels import KernelOrder, choose_kernel, with_arguments
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec
from antiphon_wire_protocol.errors import BadKernelSpec, NoSuchKernel

Install = Callable[..., None]


def asking(name: str = "", language: str = "", display_name: str = "", info: str = "") -> dict[str, Any]:
    kernelspec = {"name": name, "language": language, "display_name": display_name}
    return {"metadata": {"kernelspec": kernelspec, "language_info": {"name": info}}, "cells": []}


@pytest.fixture
def many(install: Install) -> None:
    install("antiphon", language="python", display_name="Python 3 (Antiphon)")
    install("conda-env", language="Python", display_name="Python [conda]")
    install("ir", language="R", display_name="R")
    install("irkernel-old", language="R", display_name="R 3")


@pytest.mark.usefixtures("many")
def test_the_one_asked_for_then_the_notebooks_own() -> None:
    assert choose_kernel(asking("ir"), "conda-env").name == "conda-env"
    assert choose_kernel(asking("ir"), "Python [Conda]").name == "conda-env", "by what people see"
    assert choose_kernel(asking("irkernel-old")).name == "irkernel-old"


@pytest.mark.usefixtures("many")
def test_where_its_own_is_missing_one_of_its_language() -> None:
    assert choose_kernel(asking("my-venv", "python")).name == "antiphon", "ours first"
    assert choose_kernel(asking("my-venv", "python", "Python [conda]")).name == "conda-env", "unless called the same"
    assert choose_kernel(asking("gone", info="R")).name == "ir"
    assert choose_kernel(asking("python3")).name == "antiphon"


@pytest.mark.usefixtures("many")
def test_a_notebook_that_asks_for_nothing_runs_on_ours() -> None:
    assert choose_kernel({"metadata": {}, "cells": []}).name == "antiphon"
    assert choose_kernel({"metadata": {"kernelspec": 3, "language_info": None}, "cells": []}).name == "antiphon"


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("notebook", "asked", "said"),
    [
        (asking(), "conda-enw", "no kernel 'conda-enw'; did you mean conda-env? (installed: "),
        (asking(), "zzz", "no kernel 'zzz' (installed: antiphon, conda-env, ir, irkernel-old)"),
        (asking("julia-1.9", "julia"), None, "no kernel 'julia-1.9', nor another for julia (installed: "),
        (asking(info="julia"), None, "no kernel for julia (installed: "),
        (asking("irr"), None, "no kernel 'irr'; did you mean ir? (installed: "),
        (asking(), "a name!", "kernel name 'a name!': letters, digits"),
    ],
)
def test_where_there_is_none_the_line_says_which_there_are(
    notebook: dict[str, Any], asked: str | None, said: str
) -> None:
    with pytest.raises(NoSuchKernel) as caught:
        choose_kernel(notebook, asked)
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_where_none_is_installed_at_all(install: Install) -> None:
    with pytest.raises(NoSuchKernel, match="no kernel 'x'; none is installed at all"):
        choose_kernel(asking(), "x")


def test_a_broken_kernelspec_is_named(install: Install, tmp_path: Any) -> None:
    install("broken")
    (tmp_path / "jupyter" / "kernels" / "broken" / "kernel.json").write_text("{")
    with pytest.raises(BadKernelSpec, match=r"kernel\.json"):
        choose_kernel(asking("broken"))


def test_arguments_and_the_history_file() -> None:
    ours = KernelSpec(argv=["antiphon-kernel", "-f", "{connection_file}"])
    theirs = KernelSpec(argv=["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"])
    assert with_arguments(ours, (), ":memory:") is ours
    assert with_arguments(ours, ["--quiet"], ":memory:").argv[-1] == "--quiet"
    assert with_arguments(theirs, ["-q"], ":memory:").argv[-2:] == ["-q", "--HistoryManager.hist_file=:memory:"]
    assert with_arguments(theirs, (), "").argv == theirs.argv


def test_a_kernel_that_is_ready(scripted: str) -> None:
    async def started() -> tuple[str, str, bool]:
        kernel = await KernelOrder(choose_kernel(asking(), scripted)).start(30)
        try:
            reply = await kernel.client.execute("say a").done(30)
            return kernel.name, reply.status, kernel.manager.alive
        finally:
            await kernel.close()

    assert asyncio.run(started()) == ("scripted", "ok", True)


def test_orders_of_one_kind_have_one_key(scripted: str, tmp_path: Any) -> None:
    spec = choose_kernel(asking(), scripted)
    here = KernelOrder(spec, str(tmp_path), {"A": "1"})
    assert here.key == KernelOrder(choose_kernel(asking(), scripted), f"{tmp_path}/.", {"A": "1"}).key
    others = [KernelOrder(spec, "/", {"A": "1"}), KernelOrder(spec, str(tmp_path)), KernelOrder(spec)]
    assert len({here.key, *(order.key for order in others)}) == 4
