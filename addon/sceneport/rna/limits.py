"""Bounds kept before Blender allocates anything for a received value (COMPANION.md G3)."""

NAME_BYTES = 63
"""Longest name that every Blender keeps whole."""
PATH_BYTES = 1024
"""Longest path that is shown."""
STRING_BYTES = 256 * 1024
LIST_LENGTH = 4096
"""Longest list of a custom property."""
NESTING = 8
"""Deepest group of custom properties."""
ITEMS = 4096
"""Most items of one collection (nodes, material slots)."""
LAYERS = 256
"""Most attributes, UV layers included, of a mesh."""
ELEMENTS = 1 << 28
"""Most vertices, edges, faces or corners of a mesh."""
IMAGE_SIDE = 16384
"""Widest and highest image, pixels."""
IMAGE_PIXELS = 1 << 27
"""Most pixels of an image."""
FILE_BYTES = 1 << 30
"""Largest packed file."""
PROPERTY_MAXIMUM = {
    "generated_width": IMAGE_SIDE,
    "generated_height": IMAGE_SIDE,
    "render/resolution_x": 65536,
    "render/resolution_y": 65536,
}
"""Largest values of properties whose size costs memory."""
