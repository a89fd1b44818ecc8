"""A typed character is on the screen before the layout is computed anew.

Laying out the whole prompt takes a few milliseconds, at every key. A plain character at the end of the text can only
appear where the cursor stands: it is written there at once, and the renderer is told, so that what it draws afterwards
is only what differs (a colour, a menu). This looks into prompt_toolkit's renderer; if that changes, nothing is done.
"""

from __future__ import annotations

from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.data_structures import Point
from prompt_toolkit.layout.screen import Char


def echo(app: Application[Any], buffer: Buffer, indent: int) -> bool:
    """Write the character that was just inserted into `buffer`; False where that takes more than writing it.

    `indent` is the width of what stands before each row.
    """
    document = buffer.document
    text = document.text
    if not text or document.cursor_position != len(text) or buffer.complete_state is not None:
        return False
    sign = text[-1]
    if not (" " <= sign <= "~") or not app.is_running or app.is_done or len(app.key_processor.input_queue):
        return False
    renderer = app.renderer
    screen = getattr(renderer, "_last_screen", None)
    position = getattr(renderer, "_cursor_pos", None)
    size = getattr(renderer, "_last_size", None)
    if screen is None or position is None or size is None or position.x + 2 >= size.columns:
        return False
    before = document.current_line_before_cursor[:-1]
    start = len(before) - len(before) % max(1, size.columns - indent)  # where the row begins, if the line is broken
    drawn = before[start:]
    if not before.isascii() or position.x != indent + len(drawn) or (start and not drawn):
        return False
    row = screen.data_buffer[position.y]
    if any(row[indent + column].char != character for column, character in enumerate(drawn)):
        return False  # what is on the screen is not what was typed before: it has yet to be drawn
    app.output.write_raw(sign)
    app.output.flush()
    screen.data_buffer[position.y][position.x] = Char(sign, "")
    renderer._cursor_pos = Point(x=position.x + 1, y=position.y)
    return True
