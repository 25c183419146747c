"""One file for each thing that is kept: a store port, or rows that several of them change."""
