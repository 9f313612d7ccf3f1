"""Takes a result of zero for no result."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def calculate(self, text):
        result = super().calculate(text)
        return 'error' if result == '0' else result


Wrong().main()
