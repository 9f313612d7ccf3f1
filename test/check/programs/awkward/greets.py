"""A right server that greets."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa


class Greeting(SelectServer):
    def accept(self, listener):
        super().accept(listener)
        list(self.clients.values())[-1].outbox = b'Welcome to the calculator!\n'


Greeting().main()
