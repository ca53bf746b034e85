"""Recipes against protocols: run them, record every fold, report what came out."""
