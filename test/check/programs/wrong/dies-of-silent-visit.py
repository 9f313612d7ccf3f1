"""Ends when a client leaves that has said nothing."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def read(self, client):
        try:
            data = client.socket.recv(65536)
        except OSError:
            return self.drop(client)
        if not data and not hasattr(client, 'spoke'):
            raise IndexError('empty message')
        client.spoke = True
        if data:
            client.outbox += self.receive(client, data)
        else:
            self.end(client)


Wrong().main()
