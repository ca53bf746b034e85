"""How a face is drawn: what its action units do to its shape, and the shape to the pixels."""
