"""Answers 0 to a division by zero."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def calculate(self, text):
        try:
            return super().calculate(text)
        except ZeroDivisionError:
            return '0'


Wrong().main()
