"""Drops what a division leaves."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def calculate(self, text):
        value = Expression(text).value()
        return shown(value if '/' not in text else Fraction(int(value)))


Wrong().main()
