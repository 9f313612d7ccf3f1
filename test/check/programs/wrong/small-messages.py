"""Takes messages of a kilobyte at most."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def answer(self, message):
        return 'error: message too long' if len(message) > 1024 else super().answer(message)


Wrong().main()
