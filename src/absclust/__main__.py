"""Make ``python -m absclust`` the same as the ``absclust`` command."""

from absclust.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
