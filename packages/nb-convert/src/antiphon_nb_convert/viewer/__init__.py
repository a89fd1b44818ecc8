"""The viewer: give it an address, read the notebook there. `rendering.render_url` is the same as a function."""
