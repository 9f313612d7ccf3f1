"""A client that prints replies as they are."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(RightClient):
    def show(self, reply):
        print('Server replied:', reply, flush=True)


Wrong().main()
