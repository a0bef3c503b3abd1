"""Makes the packages for Debian and OpenWrt, the apt repository and the checksums; only needs Python's own library."""
