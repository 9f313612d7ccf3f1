"""An echo that takes send at its word: what did not fit is lost."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(EchoServer):
    def write(self, client):
        super().write(client)
        if client.socket in self.clients:
            client.outbox = b''

    def read(self, client):
        super().read(client)
        if client.socket in self.clients and len(client.outbox) > 8192:
            client.outbox = client.outbox[:8192]


Wrong().main()
