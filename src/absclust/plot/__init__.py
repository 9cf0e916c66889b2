"""Pictures of a ThemeMap, drawn with matplotlib and nothing but the map itself.

The methods of ThemeMap in ``methods.pictures`` import these modules only when they are called.
"""
