"""An echo that waits in sendall for a client that does not read."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(EchoServer):
    def read(self, client):
        try:
            data = client.socket.recv(65536)
            client.socket.setblocking(True)
            client.socket.sendall(self.receive(client, data))
            client.socket.setblocking(False)
        except OSError:
            return self.drop(client)
        if not data:
            self.end(client)


Wrong().main()
