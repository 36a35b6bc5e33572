"""What proves that a version was served: WARC captures, hashes, verification."""
