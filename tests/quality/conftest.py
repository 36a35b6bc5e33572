"""What pytest leaves alone in this folder."""

collect_ignore = ["train_positions.py", "make_word_kin.py"]  # holds no tests, and needs the dependency group `train`
