from __future__ import annotations

import json
import subprocess
import sys

from antiphon_python_kernel.kernelspec_app import main


def test_the_kernelspec_is_installed_with_its_logos(tmp_path, capsys):
    assert main(["install", "--prefix", str(tmp_path), "--name", "mine", "--display-name", "Mine"]) == 0
    folder = tmp_path / "share" / "jupyter" / "kernels" / "mine"
    assert str(folder) in capsys.readouterr().out
    spec = json.loads((folder / "kernel.json").read_text())
    assert spec["argv"] == [sys.executable, "-m", "antiphon_python_kernel", "-f", "{connection_file}"]
    assert (spec["display_name"], spec["language"]) == ("Mine", "python")
    assert {path.name for path in folder.iterdir()} == {
        "kernel.json",
        "logo-32x32.png",
        "logo-64x64.png",
        "logo-svg.svg",
    }
    assert main(["install", "--prefix", str(tmp_path), "--name", "mine"]) == 0, "installing again replaces it"


def test_a_bad_name_is_one_clear_line(tmp_path, capsys):
    assert main(["install", "--prefix", str(tmp_path), "--name", "no/good"]) == 1
    assert "no/good" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_command_line_explains_itself():
    done = subprocess.run([sys.executable, "-m", "antiphon_python_kernel", "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and "examples" in done.stdout
