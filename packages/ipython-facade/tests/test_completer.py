"""What libraries add to completion, by every door that they know."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.testing import SETTINGS, run_in
from antiphon_ipython_facade import install, uninstall

SETUP = """
from IPython.core.completer import SimpleCompletion, completion_matcher, context_matcher
from IPython.core.error import TryNext
ip = get_ipython()
completer = ip.Completer
seen = []
"""


@pytest.fixture
def shell() -> Iterator[Interpreter]:
    made = Interpreter(SETTINGS)
    install(made, "terminal")
    run(made, SETUP)
    yield made
    uninstall()
    made.close()


def run(shell: Interpreter, code: str) -> object:
    outcome, _ = run_in(shell, code)
    assert outcome.ok, outcome.error and "\n".join(outcome.error.traceback)
    return outcome.value


def texts(shell: Interpreter, code: str) -> list[str]:
    found = shell.complete(code)
    return [code[: found.start] + match for match in found.matches]


def test_a_custom_completer_is_a_method_of_the_completer(shell: Interpreter) -> None:
    run(
        shell,
        "def mine(self, text):\n    seen.append(self)\n    return [text + '_ONE'] if text.startswith('qq') else []",
    )
    run(shell, "ip.set_custom_completer(mine)")
    assert texts(shell, "x = qq") == ["x = qq_ONE"]
    assert run(shell, "seen[0] is completer") is True


def test_matchers_of_version_one_and_two(shell: Interpreter) -> None:
    run(
        shell,
        "def old(text): return ['vv_old'] if text == 'vv' else None\n"
        "@context_matcher()\n"
        "def new(context):\n"
        "    seen.append((context.token, context.line_with_cursor, context.cursor_line, context.cursor_position))\n"
        "    return {'completions': [SimpleCompletion('vv_new', type='kind')]}\n"
        "completer.custom_matchers += [old, new]",
    )
    assert texts(shell, "a = 1\nprint(vv") == ["a = 1\nprint(vv_new", "a = 1\nprint(vv_old"]
    assert run(shell, "seen") == [("vv", "print(vv", 1, 8)]
    types = {one["text"]: one["type"] for one in shell.complete("vv").metadata["_jupyter_types_experimental"]}
    assert types["vv_new"] == "kind"


def test_a_matcher_may_replace_another_piece_of_text_and_keep_its_order(shell: Interpreter) -> None:
    run(
        shell,
        "@context_matcher()\n"
        "def sql(context):\n"
        "    words = [SimpleCompletion(word) for word in ('table b', 'table a')]\n"
        "    return {'completions': words, 'matched_fragment': 'from ta', 'suppress': True, 'ordered': True}\n"
        "completer.custom_matchers.append(sql)",
    )
    assert texts(shell, "select from ta") == ["select table b", "select table a"]


def test_whom_a_matcher_silences(shell: Interpreter) -> None:
    run(
        shell,
        "rule = True\n"
        "@context_matcher(identifier='own')\n"
        "def own(context): return {'completions': [SimpleCompletion('zi_own')], 'suppress': rule}\n"
        "completer.custom_matchers.append(own)",
    )
    assert texts(shell, "zi") == ["zi_own"]
    run(shell, "rule = {'IPCompleter.python_matcher'}")
    assert texts(shell, "zi") == ["zi_own"]
    run(shell, "rule = False")
    assert {"zi_own", "zip"} <= set(texts(shell, "zi"))
    run(shell, "rule = True; completer.suppress_competing_matchers = {'own': False}")
    assert {"zi_own", "zip"} <= set(texts(shell, "zi"))
    run(shell, "completer.suppress_competing_matchers = None; completer.disable_matchers = ['own']")
    assert texts(shell, "zi") == ["zip"]
    run(shell, "completer.disable_matchers.append('IPCompleter.python_matcher')")
    assert texts(shell, "zi") == []


def test_a_matcher_that_fails_is_passed_over(shell: Interpreter) -> None:
    run(shell, "def bad(text): raise RuntimeError\ncompleter.custom_matchers.append(bad)")
    assert texts(shell, "zi") == ["zip"]


def test_completers_of_a_command(shell: Interpreter) -> None:
    run(
        shell,
        "def first(shell, event):\n"
        "    seen.append((event.line, event.symbol, event.command, shell is ip))\n"
        "    raise TryNext\n"
        "def second(shell, event): return ['alpha', 'Beta', 'beta2']\n"
        "ip.set_hook('complete_command', second, str_key='%fetch')\n"
        "ip.set_hook('complete_command', first, priority=10, str_key='%fetch')\n"
        "ip.set_hook('complete_command', second, re_key=r'.*from the')",
    )
    assert texts(shell, "%fetch al") == ["%fetch alpha"]
    assert run(shell, "seen[0]") == ("%fetch al", "al", "%fetch", True)
    assert texts(shell, "fetch be") == ["fetch beta2"]
    assert texts(shell, "%fetch B") == ["%fetch Beta"]
    assert texts(shell, "%fetch a b al") == ["%fetch a b alpha"]
    assert texts(shell, "take from the al") == ["take from the alpha"]
    outcome, _ = run_in(shell, "ip.set_hook('complete_command', second)")
    assert outcome.error is not None and "needs a str_key" in outcome.error.evalue


def test_settings_of_completion_are_attributes(shell: Interpreter) -> None:
    run(shell, "table = {'abc': 1}\ncompleter.auto_close_dict_keys = True")
    assert shell.settings.current.autoclose_dict_keys and texts(shell, "table['") == ["table['abc']"]
    assert run(shell, "completer.greedy, completer.omit__names, completer.use_jedi") == (False, 2, False)
    run(shell, "completer.greedy = True\ndef f(): return 'text'")
    assert texts(shell, "f().upp") == ["f().upper"]
    run(shell, "%config IPCompleter.omit__names = 0")
    assert run(shell, "completer.omit__names") == 0
    assert run(shell, "hasattr(completer, 'no_such_setting')") is False


def test_themes(shell: Interpreter) -> None:
    run(shell, "%colors linux")
    assert run(shell, "ip.colors") == "linux"
    run(shell, "ip.colors = 'NoColor'")
    assert run(shell, "ip.colors") == "nocolor" and not shell.settings.current.coloured()
