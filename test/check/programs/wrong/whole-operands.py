"""Takes whole numbers alone."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def calculate(self, text):
        if '.' in text:
            raise ValueError('expected whole numbers')
        return super().calculate(text)


Wrong().main()
