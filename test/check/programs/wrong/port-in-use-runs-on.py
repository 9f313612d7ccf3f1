"""Tries for ever when the port is in use, and says nothing."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def cannot_listen(self, error):
        threading.Event().wait()


Wrong().main()
