"""Drawing of faces: from action units to a shape, from the shape to pixels."""
