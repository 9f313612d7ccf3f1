"""Answers 0 to what it does not understand."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def answer(self, message):
        if not message.isascii():
            return 'error'
        try:
            return self.calculate(message.decode())
        except ZeroDivisionError:
            return 'error'
        except ValueError:
            return '0'


Wrong().main()
