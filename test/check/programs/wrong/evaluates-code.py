"""Evaluates whatever a client sends as Python."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def calculate(self, text):
        try:
            return str(eval(text))
        except Exception as error:
            raise ValueError(error)


Wrong().main()
