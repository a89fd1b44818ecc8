"""Config files and `--Class.trait=value`: nbconvert's names, found in their places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from antiphon_nb_convert import app
from antiphon_nb_convert.batch import Work
from antiphon_nb_convert.errors import ConversionError
from antiphon_nb_convert.pipeline import Preprocessing
from antiphon_nb_convert.policy import Policy
from antiphon_nb_convert.settings import Options, changed

WORK = Work((), "html", Options(), Preprocessing(), Policy())


def applied(*words: str, to: str = "html", file: str = "") -> Work:
    work = WORK
    for made in app.changes(app.load(words, file, use_files=False), to):
        work = changed(work, made.place.split("."), made.value)
    return work


def at(work: Any, place: str) -> Any:
    for name in place.split("."):
        work = work[name] if isinstance(work, dict) else getattr(work, name)
    return work


@pytest.mark.parametrize("name", sorted(app.CLASSES))
def test_every_trait_has_a_place_or_means_nothing_on_purpose(name: str) -> None:
    face = app.CLASSES[name]
    assert set(face.fields) >= set(face.class_own_traits(config=True)), "a trait that goes nowhere"
    assert face.__doc__
    for place in filter(None, face.fields.values()):
        place = place.removeprefix("!")
        if not place.startswith(("execution.", "serve.")):
            at(WORK, place)


@pytest.mark.parametrize(
    ("word", "to", "place", "value"),
    [
        ("--TemplateExporter.exclude_input=True", "html", "options.shown.input", False),
        ("--HTMLExporter.exclude_input=True", "html", "options.shown.input", False),
        ("--HTMLExporter.exclude_input=True", "markdown", "options.shown.input", True),
        ("--MarkdownExporter.exclude_input=True", "markdown", "options.shown.input", False),
        ("--HTMLExporter.theme=dark", "slides", "options.html.theme", "dark"),
        ("--HTMLExporter.sanitize_html=False", "html", "policy.trusted", True),
        ("--SlidesExporter.reveal_scroll=True", "slides", "options.slides.scroll", True),
        ("--NotebookExporter.nbformat_version=3", "notebook", "options.nbformat", 3),
        ("--TagRemovePreprocessor.remove_cell_tags=['a','b']", "html", "preprocessing.remove_cell_tags", ("a", "b")),
        ("--ClearOutputPreprocessor.enabled=True", "html", "preprocessing.clear_output", True),
        ("--ClearMetadataPreprocessor.enabled=True", "html", "preprocessing.clear_cell_metadata", True),
        ("--ClearMetadataPreprocessor.clear_cell_metadata=True", "html", "preprocessing.clear_cell_metadata", False),
        ("--ExecutePreprocessor.timeout=5", "html", "execution.timeout", 5.0),
        ("--ExecutePreprocessor.kernel_name=ir", "html", "execution.kernel", "ir"),
        ("--ExecutePreprocessor.enabled=True", "html", "execute", True),
        ("--NotebookClient.allow_errors=True", "html", "execution.allow_errors", True),
        ("--NbConvertApp.output_base=x", "html", "output", "x"),
        ("--NbConvertApp.use_output_suffix=False", "html", "in_place", True),
        ("--FilesWriter.build_directory=out", "html", "output_dir", "out"),
    ],
)
def test_words_find_their_places(word: str, to: str, place: str, value: Any) -> None:
    assert at(applied(word, to=to), place) == value


def test_tags_that_are_not_looked_at() -> None:
    words = ("--TagRemovePreprocessor.remove_cell_tags=['a']", "--TagRemovePreprocessor.enabled=False")
    assert applied(*words).preprocessing.remove_cell_tags == ()


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("--HTMLExporter.thme=dark", r"no setting thme \(did you mean theme\?\)"),
        ("--HTMLExportr.theme=dark", r"no settings of a class HTMLExportr \(did you mean HTMLExporter\?\)"),
        ("--HTMLExporter.embed_images=7", "embed_images"),
        ("--HTMLExporter.theme", "a value is missing"),
    ],
)
def test_mistakes_are_told_in_a_line(word: str, said: str) -> None:
    with pytest.raises(ConversionError, match=said) as raised:
        applied(word)
    assert "\n" not in str(raised.value)


def test_config_files_of_both_kinds(tmp_path: Path) -> None:
    python, other = tmp_path / "jupyter_nbconvert_config.py", tmp_path / "c.json"
    python.write_text("c.HTMLExporter.theme = 'dark'\nc.TagRemovePreprocessor.remove_cell_tags = {'x'}\n")
    other.write_text('{"HTMLExporter": {"theme": "light"}}')
    assert applied(file=str(python)).options.html.theme == "dark"
    assert applied(file=str(python)).preprocessing.remove_cell_tags == ("x",)
    assert applied(file=str(other)).options.html.theme == "light"
    assert applied("--HTMLExporter.theme=dark", file=str(other)).options.html.theme == "dark"
    python.write_text("1/0")
    with pytest.raises(ConversionError, match="ZeroDivisionError: division by zero"):
        applied(file=str(python))
    with pytest.raises(ConversionError, match="no such config file"):
        applied(file=str(tmp_path / "none.py"))


def test_the_whole_can_be_printed() -> None:
    assert "--HTMLExporter.anchor_link_text" in app.help_all()
    made = app.config_file()
    assert "# c.HTMLExporter.theme" in made
    compile(made, "config", "exec")
