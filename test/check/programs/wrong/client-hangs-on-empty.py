"""A client that sends nothing for an empty line, and waits for the reply."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(RightClient):
    def prompt(self):
        line = super().prompt()
        while line == '':
            self.socket.sendall(b'')
            self.show(self.reply())
            line = super().prompt()
        return line


Wrong().main()
