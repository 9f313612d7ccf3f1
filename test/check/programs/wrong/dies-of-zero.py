"""Does not catch a division by zero: the server ends."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def answer(self, message):
        try:
            return self.calculate(message.decode())
        except (ValueError, RecursionError) as error:
            return f'error: {error}'


Wrong().main()
