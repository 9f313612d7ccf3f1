"""Keeps the socket of every client that has left."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    kept = []

    def drop(self, client):
        del self.clients[client.socket]
        self.kept.append(client.socket)
        try:
            client.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


Wrong().main()
