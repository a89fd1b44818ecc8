from __future__ import annotations

import pytest

from antiphon_nb_convert.page_repair import repaired


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<a id="x">1</a><b class="c" id="x">2</b>', '<a id="x">1</a><b class="c">2</b>'),
        ('<a id="">1</a>', "<a>1</a>"),
        (*['<pre> id="x"</pre><i id="x"></i><pre> id="x"</pre>'] * 2,),
        ('<i id="x"/><script>"<i id="x">"</script><i id="x"/>', '<i id="x"/><script>"<i id="x">"</script><i/>'),
        ("a\x00b\x08c\x1bd\te\nf\u0085g\ufffeh\x7f", "abcd\te\nfgh"),
        ('<i id="é">ü</i>', '<i id="é">ü</i>'),
    ],
)
def test_no_id_twice_and_no_character_that_is_none(page, expected):
    assert repaired(page) == expected
    assert repaired(expected) == expected
