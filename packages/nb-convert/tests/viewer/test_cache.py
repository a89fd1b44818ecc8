from __future__ import annotations

import asyncio

import pytest

from antiphon_nb_convert.viewer.cache import Bounded, Once, content_key


def test_what_was_used_longest_ago_is_forgotten() -> None:
    kept: Bounded[str, bytes] = Bounded(80, len)
    for name in "abcdefgh":
        kept.put(name, b"0123456789")
    assert kept.get("a") is not None  # used again
    kept.put("i", b"0123456789")
    assert kept.get("b") is None and kept.get("a") is not None
    assert kept.bytes == 80 and len(kept) == 8


def test_bytes_are_counted_when_a_value_is_replaced_or_removed() -> None:
    kept: Bounded[str, bytes] = Bounded(80, len)
    kept.put("a", b"12345")
    kept.put("a", b"1")
    assert kept.bytes == 1
    kept.put("a", b"x" * 11)  # beyond an eighth: the old one is not kept either
    assert kept.bytes == 0 and kept.get("a") is None
    kept.remove("a")
    assert kept.bytes == 0


def test_keys_tell_content_and_options_apart() -> None:
    keys = [
        content_key(b"a"),
        content_key(b"b"),
        content_key(b"a", "x"),
        content_key(b"a", "x", ""),
        content_key(b"a", "", "x"),
        content_key(b"a", "xy"),
        content_key(b"a", "x", "y"),
    ]
    assert len(set(keys)) == len(keys)
    assert content_key(b"a", "x") == content_key(b"a", "x")
    content_key(b"", "\udcff")


def test_equal_work_is_done_once() -> None:
    async def run() -> None:
        once: Once[str, int] = Once()
        go = asyncio.Event()
        calls = []

        async def work() -> int:
            calls.append(1)
            await go.wait()
            return 7

        first = asyncio.ensure_future(once.do("a", work))
        others = [asyncio.ensure_future(once.do("a", work)) for _ in range(5)]
        apart = asyncio.ensure_future(once.do("b", work))
        await asyncio.sleep(0)
        first.cancel()  # whoever began it leaves: the others still get it
        await asyncio.sleep(0)
        go.set()
        assert await asyncio.gather(*others, apart) == [7] * 6
        assert len(calls) == 2
        assert await once.do("a", work) == 7 and len(calls) == 3  # done anew afterwards

    asyncio.run(run())


def test_an_error_reaches_all_and_is_not_kept() -> None:
    async def run() -> None:
        once: Once[str, int] = Once()

        async def fail() -> int:
            await asyncio.sleep(0)
            raise ValueError("why")

        async def well() -> int:
            return 1

        for result in await asyncio.gather(once.do("a", fail), once.do("a", fail), return_exceptions=True):
            assert isinstance(result, ValueError)
        assert await once.do("a", well) == 1

    asyncio.run(run())


def test_closing_ends_what_is_being_done() -> None:
    async def run() -> None:
        once: Once[str, None] = Once()
        waiting = asyncio.ensure_future(once.do("a", lambda: asyncio.Event().wait()))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await once.close()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(run())
