"""Takes no number with a sign."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def calculate(self, text):
        if re.search(r'(^|[-+*/(])\s*-', text):
            raise ValueError('expected a number')
        return super().calculate(text)


Wrong().main()
