"""Adds one to every result."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def calculate(self, text):
        return super().calculate(f'({text}) + 1')


Wrong().main()
