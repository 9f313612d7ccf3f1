"""A client that shows numbers alone."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(RightClient):
    def show(self, reply):
        if not reply.startswith('error'):
            super().show(reply)


Wrong().main()
