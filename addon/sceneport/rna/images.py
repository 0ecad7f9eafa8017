"""Image: packed or loaded files, and painted pixels."""
GROUPS = ("file", "pixels")
def read_image(image, out): pass
def read_data(image): return iter(())
def counts_of(image): return {}
def check(change): pass
def apply_data(image, group, arrays): return []
def apply_data_range(image, group, offset, data): return []
