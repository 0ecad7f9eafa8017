"""Notices what the user does in Blender and keeps what was handed over, so as to stay quiet about the rest."""
