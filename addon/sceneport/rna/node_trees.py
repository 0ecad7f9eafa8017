def read_tree(*a): pass
