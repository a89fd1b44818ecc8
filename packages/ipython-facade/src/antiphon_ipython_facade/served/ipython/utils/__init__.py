"""What libraries take from the shell's workshop."""
