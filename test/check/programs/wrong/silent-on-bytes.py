"""Says nothing at all to what it cannot decode."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def reply(self, line):
        try:
            line.decode()
        except UnicodeDecodeError:
            return b''
        return super().reply(line)


Wrong().main()
