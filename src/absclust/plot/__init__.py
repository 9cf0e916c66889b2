"""Pictures of a ThemeMap, drawn with matplotlib and nothing but the map itself.

A picture is a function whose first parameter is the map; ``pictures.Pictures`` makes it a method.
"""
