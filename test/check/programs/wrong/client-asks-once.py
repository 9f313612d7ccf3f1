"""A client that ends after one reply."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(RightClient):
    def show(self, reply):
        super().show(reply)
        if reply.strip() != 'Welcome to the calculator!':
            raise EOFError


Wrong().main()
