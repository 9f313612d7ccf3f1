"""Takes NUL and CR for parts of the message."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def reply(self, line):
        if b'\0' in line or b'\r' in line:
            return b'error: unexpected character\n'
        return super().reply(line)


Wrong().main()
