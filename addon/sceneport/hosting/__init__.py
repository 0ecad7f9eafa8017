"""Where the program and Node are, and the server that this Blender hosts."""
