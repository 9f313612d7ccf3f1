"""Catches no error of recv: a client's reset ends the server."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def read(self, client):
        data = client.socket.recv(65536)
        if data:
            client.outbox += self.receive(client, data)
        else:
            self.end(client)


Wrong().main()
