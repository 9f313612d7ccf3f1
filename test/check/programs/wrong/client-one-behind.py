"""A client that takes a greeting for the first reply."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(RightClient):
    def skip_greeting(self):
        pass


Wrong().main()
