"""What Deskladder writes: templates, replies by language, notes, times in words."""
