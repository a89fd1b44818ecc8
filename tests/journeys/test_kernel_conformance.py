"""The public conformance suite for kernels, in full, on the installed kernel `antiphon`."""

from __future__ import annotations

import jupyter_kernel_test


class TestAntiphon(jupyter_kernel_test.KernelTests):
    kernel_name = "antiphon"
    language_name = "python"
    file_extension = ".py"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys; print('test', file=sys.stderr)"
    code_page_something = "print?"
    code_generate_error = "raise RuntimeError"
    code_clear_output = "from antiphon_exec_core.display import clear_output; clear_output()"
    completion_samples = ({"text": "zi", "matches": {"zip"}}, {"text": "rang", "matches": {"range"}})
    complete_code_samples = ("1", "print('hello, world')", "def f(x):\n  return x*2\n\n\n", "%lsmagic")
    incomplete_code_samples = ("print('''hello", "def f(x):\n  x*2", "for i in range(3):")
    invalid_code_samples = ("import = 7q", "x = = 1")
    code_execute_result = (
        {"code": "1+2+3", "result": "6"},
        {"code": "6*7", "result": "42"},
        {"code": "'a' 'b'", "result": "'ab'"},
        {"code": "{2: [1]}", "result": "{2: [1]}"},
    )
    code_display_data = (
        {"code": "display(type('H', (), {'_repr_html_': lambda self: '<b>x</b>'})())", "mime": "text/html"},
        {"code": "display(type('M', (), {'_repr_markdown_': lambda self: '*x*'})())", "mime": "text/markdown"},
        {"code": "display(type('L', (), {'_repr_latex_': lambda self: '$x$'})())", "mime": "text/latex"},
        {"code": "display(type('S', (), {'_repr_svg_': lambda self: '<svg/>'})())", "mime": "image/svg+xml"},
        {"code": "display({'image/png': 'aGk='}, raw=True)", "mime": "image/png"},
    )
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "zip"
