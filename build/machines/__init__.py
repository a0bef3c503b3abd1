"""Starts finished files on real kernels of their machines, in qemu: what user emulation of a program does not show."""
