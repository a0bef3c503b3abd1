"""Makes the Debian packages, the apt repository and the checksums of a release; only Python's own library is needed."""
