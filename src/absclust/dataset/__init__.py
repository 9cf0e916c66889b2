"""Data sets larger than one machine, on Dask."""
