"""Where results go: `files` beside or below a folder, `stdout`, or `debug`, which only tells what there is."""
