def apply_tree(*a): pass
