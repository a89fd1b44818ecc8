"""Steps after the result is written: `open` shows it, `serve` gives it to browsers until it is interrupted."""
