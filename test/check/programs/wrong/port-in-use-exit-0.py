"""Exits with 0 when the port is in use."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def cannot_listen(self, error):
        print('error:', error)
        sys.exit(0)


Wrong().main()
