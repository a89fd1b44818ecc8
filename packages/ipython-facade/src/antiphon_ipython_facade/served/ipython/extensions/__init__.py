"""Extensions that come with the shell."""
