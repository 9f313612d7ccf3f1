"""Throws away the replies that are due when a client ends its direction."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def read(self, client):
        time.sleep(0.002)
        data = client.socket.recv(65536, socket.MSG_PEEK) if self.is_alive(client) else b'.'
        super().read(client)
        if data and client.socket in self.clients and self.is_alive(client):
            if select.select([client.socket], [], [], 0)[0] and not client.socket.recv(1, socket.MSG_PEEK):
                self.drop(client)

    def is_alive(self, client):
        try:
            client.socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return True


import time
Wrong().main()
