"""No SO_REUSEADDR: the port is taken for a minute after the server has ended."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def set_options(self, listener):
        pass


Wrong().main()
