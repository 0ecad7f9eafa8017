"""Invites that are opened outside Blender: the scheme `sceneport:` of the operating system, and the way of a link."""
