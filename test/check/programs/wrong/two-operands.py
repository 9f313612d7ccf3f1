"""Takes two operands, never more."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def calculate(self, text):
        if len(re.findall(r'[\d.]+', text)) > 2:
            raise ValueError('expected two operands')
        return super().calculate(text)


Wrong().main()
