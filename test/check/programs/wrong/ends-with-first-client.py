"""Ends when its first client leaves."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def drop(self, client):
        sys.exit()


Wrong().main()
