"""The conversation with the companion: bytes, messages, the process. Nothing in here knows Blender."""
