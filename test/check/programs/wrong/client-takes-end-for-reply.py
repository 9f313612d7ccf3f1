"""A client that takes the end of the connection for an empty reply."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(RightClient):
    def skip_greeting(self):
        if select.select([self.socket], [], [], 0)[0]:
            self.show(self.socket.recv(4096).decode())

    def reply(self):
        return self.socket.recv(4096).decode()


Wrong().main()
