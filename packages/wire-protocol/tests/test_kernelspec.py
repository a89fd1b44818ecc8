from __future__ import annotations

import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_wire_protocol.discovery.kernelspec import (
    KernelSpec,
    KernelSpecWarning,
    check_name,
    find_kernelspec,
    install_kernelspec,
    list_kernelspecs,
    read_kernelspec,
    remove_kernelspec,
)
from antiphon_wire_protocol.errors import BadKernelSpec, NoSuchKernel


def put(folder: Path, name: str, **fields: Any) -> str:
    where = folder / name
    where.mkdir(parents=True)
    (where / "kernel.json").write_text(json.dumps({"argv": ["run"], "display_name": name, "language": "x", **fields}))
    return str(where)


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    return [str(tmp_path / name) for name in ("first", "missing", "second")]


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_all_fields_are_read(tmp_path: Path) -> None:
    fields = {
        "argv": ["python", "-f", "{connection_file}"],
        "display_name": "Mine",
        "language": "mine",
        "interrupt_mode": "message",
        "env": {"A": "b"},
        "metadata": {"debugger": True},
        "kernel_protocol_version": "5.5",
        "future": {"x": 1},
    }
    spec = read_kernelspec(put(tmp_path, "Mine", **fields))
    assert (spec.name, spec.resource_dir) == ("mine", str(tmp_path / "Mine"))
    assert (spec.interrupt_mode, spec.env, spec.metadata) == ("message", {"A": "b"}, {"debugger": True})
    assert spec.fields() == fields


def test_sparse_specs_and_byte_order_marks_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "k").mkdir()
    (tmp_path / "k" / "kernel.json").write_bytes(b'\xef\xbb\xbf{"argv": ["x"], "env": null}')
    spec = read_kernelspec(tmp_path / "k")
    assert (spec.argv, spec.interrupt_mode, spec.env) == (["x"], "signal", {})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "truncated"),
        ("[]", "Expected `object`"),
        ("{}", "missing required field `argv`"),
        ('{"argv": []}', "argv is empty"),
        ('{"argv": "python"}', r"\$.argv"),
        ('{"argv": ["x"], "interrupt_mode": "shout"}', "shout"),
        ('{"argv": ["x"], "env": {"A": 1}}', r"\$.env"),
    ],
)
def test_a_broken_spec_says_what_is_wrong_and_where(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "k").mkdir()
    (tmp_path / "k" / "kernel.json").write_text(text)
    with pytest.raises(BadKernelSpec, match=problem) as caught:
        read_kernelspec(tmp_path / "k")
    assert str(tmp_path / "k" / "kernel.json") in str(caught.value)


# ── searching ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_folder_wins(tmp_path: Path, folders: list[str]) -> None:
    put(tmp_path / "first", "a")
    put(tmp_path / "second", "A")
    put(tmp_path / "second", "b")
    assert find_kernelspec("a", folders).resource_dir == str(tmp_path / "first" / "a")
    found = list_kernelspecs(folders)
    assert {name: spec.resource_dir for name, spec in found.items()} == {
        "a": str(tmp_path / "first" / "a"),
        "b": str(tmp_path / "second" / "b"),
    }


def test_names_are_compared_in_lower_case(tmp_path: Path, folders: list[str]) -> None:
    put(tmp_path / "first", "MyKernel")
    assert find_kernelspec("mykernel", folders) == find_kernelspec("MYKERNEL", folders)


def test_a_broken_spec_is_one_warning_and_hides_nobody(tmp_path: Path, folders: list[str]) -> None:
    put(tmp_path / "first", "a", argv=3)
    put(tmp_path / "first", "b")
    good = put(tmp_path / "second", "a")
    with pytest.warns(KernelSpecWarning) as caught:
        specs = list_kernelspecs(folders)
    assert [name for name in specs] == ["b", "a"]
    assert len(caught) == 1
    assert str(tmp_path / "first" / "a") in str(caught[0].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert find_kernelspec("a", folders).resource_dir == good


def test_when_all_of_a_name_are_broken_the_first_says_why(tmp_path: Path, folders: list[str]) -> None:
    put(tmp_path / "first", "a", argv=3)
    put(tmp_path / "second", "a", argv=[])
    with pytest.raises(BadKernelSpec, match=r"first.*argv"):
        find_kernelspec("a", folders)


def test_an_unknown_name_lists_the_known(tmp_path: Path, folders: list[str]) -> None:
    with pytest.raises(NoSuchKernel, match="none at all"):
        find_kernelspec("x", folders)
    put(tmp_path / "first", "a")
    put(tmp_path / "second", "b")
    with pytest.raises(NoSuchKernel, match="no kernelspec named x; there are: a, b"):
        find_kernelspec("x", folders)


def test_our_kernel_answers_for_python_where_there_is_no_other(tmp_path: Path, folders: list[str]) -> None:
    put(tmp_path / "second", "antiphon")
    assert find_kernelspec("python3", folders).name == "antiphon"
    put(tmp_path / "second", "python3")
    assert find_kernelspec("python3", folders).name == "python3"


def test_files_and_empty_folders_are_no_kernels(tmp_path: Path, folders: list[str]) -> None:
    (tmp_path / "first" / "empty").mkdir(parents=True)
    (tmp_path / "first" / "file").write_text("")
    assert list_kernelspecs(folders) == {}


def test_the_real_ipykernel_is_found() -> None:
    spec = find_kernelspec("python3")
    assert "python3" in list_kernelspecs()
    assert spec.language == "python"
    assert spec.command("f.json")[0] == sys.executable


@pytest.mark.parametrize("name", ["", ".", "..", "...", "a/b", "a b", "é", "a\n", "\x00", "../up"])
def test_names_that_are_no_folders_are_refused(name: str) -> None:
    with pytest.raises(BadKernelSpec, match="letters, digits"):
        check_name(name)


@given(st.text())
def test_a_checked_name_is_a_plain_folder_name(name: str) -> None:
    try:
        checked = check_name(name)
    except BadKernelSpec:
        return
    assert os.path.basename(checked) == checked == checked.lower()
    assert set(checked) != {"."}


# ── the command and its environment ──────────────────────────────────────────────────────────────────────────


def command(*argv: str, **values: str) -> list[str]:
    return KernelSpec(argv=list(argv), resource_dir="/r").command("/c.json", **values)


def test_places_are_filled_in_and_stray_braces_stay() -> None:
    assert command(
        "x", "{connection_file}", "-r={resource_dir}/{prefix}", "{", "{}", "{unknown}", "{{connection_file}}"
    ) == [
        "x",
        "/c.json",
        f"-r=/r/{sys.prefix}",
        "{",
        "{}",
        "{unknown}",
        "{/c.json}",
    ]
    assert command("x", "{cores}", "{resource_dir}", cores="4", resource_dir="/mine") == ["x", "4", "/r"]


def test_what_is_filled_in_is_not_looked_at_again() -> None:
    assert KernelSpec(argv=["x", "{connection_file}"], resource_dir="/r").command("/{resource_dir}") == [
        "x",
        "/{resource_dir}",
    ]


@pytest.mark.parametrize("name", ["python", "python3", f"python3.{sys.version_info.minor}"])
def test_python_is_the_interpreter_that_runs_us(name: str) -> None:
    assert command(name, "-m", name) == [sys.executable, "-m", name]


@pytest.mark.parametrize("name", ["python2", "python3.5", "/usr/bin/python", "pypy"])
def test_other_programs_are_left_alone(name: str) -> None:
    assert command(name) == [name]


def test_the_environment_is_expanded_from_the_one_we_have() -> None:
    spec = KernelSpec(argv=["x"], env={"PATH": "/k:${PATH}", "B": "${NO} $PATH ${PATH}${PATH}", "C": "${B}"})
    assert spec.environment({"PATH": "/bin", "HOME": "/h"}) == {
        "PATH": "/k:/bin",
        "HOME": "/h",
        "B": "${NO} $PATH /bin/bin",
        "C": "${B}",
    }


# ── installing and removing ──────────────────────────────────────────────────────────────────────────────────

SPEC = KernelSpec(argv=["run", "{connection_file}"], display_name="Run", language="x", metadata={"a": 1})


def test_what_is_installed_is_found(tmp_path: Path) -> None:
    (tmp_path / "logos").mkdir()
    (tmp_path / "logos" / "logo-64x64.png").write_bytes(b"png")
    (tmp_path / "logos" / "make.py").write_text("")
    where = install_kernelspec("Run", str(tmp_path / "kernels"), SPEC, resources=str(tmp_path / "logos"))
    assert sorted(os.listdir(where)) == ["kernel.json", "logo-64x64.png"]
    found = find_kernelspec("run", [str(tmp_path / "kernels")])
    assert found.fields() == SPEC.fields()


def test_installing_again_replaces_whatever_case_it_had(tmp_path: Path) -> None:
    put(tmp_path, "RUN", env={"old": "1"})
    (tmp_path / "RUN" / "leftover").write_text("")
    install_kernelspec("run", str(tmp_path), SPEC)
    assert os.listdir(tmp_path) == ["run"]
    assert os.listdir(tmp_path / "run") == ["kernel.json"]


def test_a_folder_is_installed_as_it_is(tmp_path: Path) -> None:
    source = put(tmp_path, "source", future=1)
    where = install_kernelspec("copy", str(tmp_path / "kernels"), resources=source)
    assert read_kernelspec(where).unknown_fields == {"future": 1}


def test_a_broken_folder_is_not_installed_over_a_good_one(tmp_path: Path) -> None:
    install_kernelspec("run", str(tmp_path / "kernels"), SPEC)
    with pytest.raises(BadKernelSpec):
        install_kernelspec("run", str(tmp_path / "kernels"), resources=put(tmp_path, "source", argv=3))
    with pytest.raises(BadKernelSpec, match="neither"):
        install_kernelspec("run", str(tmp_path / "kernels"))
    with pytest.raises(FileNotFoundError):
        install_kernelspec("run", str(tmp_path / "kernels"), SPEC, resources=str(tmp_path / "nowhere"))
    assert os.listdir(tmp_path / "kernels") == ["run"]
    assert find_kernelspec("run", [str(tmp_path / "kernels")]).fields() == SPEC.fields()


def test_what_is_half_installed_is_not_found(tmp_path: Path) -> None:
    put(tmp_path, "run 0123 part")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert list_kernelspecs([str(tmp_path)]) == {}


def test_removing_takes_the_first_and_broken_ones_too(tmp_path: Path, folders: list[str]) -> None:
    first = put(tmp_path / "first", "a", argv=3)
    second = put(tmp_path / "second", "a")
    assert remove_kernelspec("A", folders) == first
    assert not os.path.exists(first)
    assert remove_kernelspec("a", folders) == second
    with pytest.raises(NoSuchKernel, match="no kernelspec named a"):
        remove_kernelspec("a", folders)


def test_removing_a_link_leaves_its_target(tmp_path: Path) -> None:
    target = put(tmp_path / "elsewhere", "a")
    (tmp_path / "kernels").mkdir()
    (tmp_path / "kernels" / "a").symlink_to(target)
    remove_kernelspec("a", [str(tmp_path / "kernels")])
    assert os.listdir(tmp_path / "kernels") == []
    assert os.path.exists(target)
