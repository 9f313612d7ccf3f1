"""A client that sends the line and shows what it has calculated itself."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(RightClient):
    def reply(self):
        super().reply()
        return '66'


Wrong().main()
