"""Hangs up after one message."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def read(self, client):
        super().read(client)
        if client.outbox:
            client.ended = True


Wrong().main()
