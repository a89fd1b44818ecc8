"""Which notebooks a command line means, and where their results go."""

from __future__ import annotations

from pathlib import Path

import pytest

from antiphon_nb_convert.errors import ConversionError
from antiphon_nb_convert.sources import Rewriter, Source, found, target


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("a.ipynb", "b c.ipynb", "deep/d.ipynb", "deep/.ipynb_checkpoints/d-checkpoint.ipynb", "deep/x.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def paths(*words: str) -> list[str]:
    return [source.path.as_posix() for source in found(words)]


@pytest.mark.usefixtures("tree")
def test_files_folders_and_patterns() -> None:
    assert paths("a.ipynb") == ["a.ipynb"]
    assert paths("a") == ["a.ipynb"]
    assert paths(".") == ["a.ipynb", "b c.ipynb", "deep/d.ipynb"]
    assert paths("*.ipynb", "a.ipynb") == ["a.ipynb", "b c.ipynb"]
    assert paths("**/*.ipynb") == ["a.ipynb", "b c.ipynb", "deep/d.ipynb"]
    assert paths("de*") == ["deep/d.ipynb"]


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("word", "said"),
    [("none.ipynb", "no such file"), ("*.nb", "no file of this pattern"), ("deep/*.txt", "no notebooks among")],
)
def test_what_means_nothing_is_told(word: str, said: str) -> None:
    with pytest.raises(ConversionError, match=said):
        found([word])


def test_a_folder_without_notebooks_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match="no notebooks below"):
        found([str(tmp_path)])


def test_results_stand_beside_or_mirror_the_tree() -> None:
    source = Source(Path("in/deep/d.ipynb"), Path("in"))
    assert target(source).path(".html") == Path("in/deep/d.html")
    assert target(source, output_dir="out").path(".html") == Path("out/deep/d.html")
    assert target(source, "report-{notebook_name}", "out").path(".md") == Path("out/deep/report-d.md")
    assert target(source, "x/y").path(".md") == Path("x/y.md")


def test_links_to_notebooks_that_are_converted_too_lead_to_their_results(tmp_path: Path) -> None:
    targets = {tmp_path / "in/b c.ipynb": tmp_path / "out/b c.html", tmp_path / "a.ipynb": tmp_path / "out/x/a.html"}
    rewrite = Rewriter(tmp_path / "in", tmp_path / "out", targets)
    assert rewrite("b%20c.ipynb#Title") == "b%20c.html#Title"
    assert rewrite("../a.ipynb") == "x/a.html"
    for url in ("other.ipynb", "b.html", "https://x.y/z.ipynb", "#here", "b%20c.ipynb?x"):
        assert rewrite(url) == url
