"""Pictures of a ThemeMap, drawn with matplotlib from it alone.

``methods`` are those of ThemeMap; each loads the module that draws when it is called.
"""
