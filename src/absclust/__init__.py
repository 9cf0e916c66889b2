"""Cluster paper abstracts into named themes.

Importing this package loads none of its heavy dependencies: each public name is loaded
when it is first used. The names, and where they live, are listed in ``__init__.pyi``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
