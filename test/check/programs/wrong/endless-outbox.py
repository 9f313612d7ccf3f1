"""An echo that gathers replies without any limit for a client that does not read."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(EchoServer):
    def read(self, client):
        try:
            data = client.socket.recv(65536)
        except OSError:
            return self.drop(client)
        if not data:
            return self.end(client)
        self.show(f'message {data[:200]!r}')
        client.__dict__.setdefault('pieces', []).append(data)
        if not client.outbox:
            client.outbox = client.pieces.pop(0)

    def write(self, client):
        super().write(client)
        if not client.outbox and client.__dict__.get('pieces'):
            client.outbox = client.pieces.pop(0)

    def listens_to(self, client):
        return not client.ended


Wrong().main()
