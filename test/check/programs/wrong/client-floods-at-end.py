"""A client that goes on for ever at the end of its input."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(RightClient):
    def prompt(self):
        try:
            return super().prompt()
        except EOFError:
            return '\n'

    def reply(self):
        return super().reply() if select.select([self.socket], [], [], 2)[0] else ''


Wrong().main()
