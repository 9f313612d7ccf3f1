"""A client that does not ask."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(RightClient):
    def prompt(self):
        line = input()
        self.skip_greeting()
        return line


Wrong().main()
