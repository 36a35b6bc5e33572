"""What pytest leaves alone in this folder."""

collect_ignore = ["train_positions.py"]  # holds no tests, and needs the dependency group `train`
