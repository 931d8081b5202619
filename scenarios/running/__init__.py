"""Carrying out runs: on processes or a cluster, kept on disk, resumed, and over many sites."""
