"""What pytest leaves alone in this folder."""

collect_ignore = ["train_positions.py", "make_word_kin.py"]  # no tests, and they need the group `train`
