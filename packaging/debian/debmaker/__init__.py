"""Makes the packages, the Helm chart, the apt repository and the checksums; only needs Python's own library."""
