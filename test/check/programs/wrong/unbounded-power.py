"""Calculates powers of any size, holding the interpreter's lock: threads do not help."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(ThreadServer):
    def calculate(self, text):
        if '**' in text:
            base, *exponents = [int(part) for part in text.split('**')]
            while len(exponents) > 1:
                exponent = exponents.pop()
                exponents[-1] **= exponent
            return str(base ** exponents[0] % 10)
        return super().calculate(text)


Wrong().main()
