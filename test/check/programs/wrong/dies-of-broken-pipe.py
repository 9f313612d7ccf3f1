"""Catches no error of send: a client that left without reading ends the server."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def read(self, client):
        # For a reset or an end that follows to be there before the reply.
        time.sleep(0.005)
        try:
            data = client.socket.recv(65536)
            if not data:
                return self.end(client)
            lines = data.splitlines(True)
            for line in lines:
                client.outbox += self.receive(client, line)
                self.write(client)
                # For the answer to the first of few to be known before the second.
                time.sleep(0.0005 if len(lines) <= 200 else 0)
        except ConnectionResetError:
            self.drop(client)

    def write(self, client):
        try:
            client.outbox = client.outbox[client.socket.send(client.outbox):]
        except BlockingIOError:
            pass
        if client.ended and not client.outbox:
            self.drop(client)


import time
Wrong().main()
