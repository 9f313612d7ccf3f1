"""A client that reads a hundred bytes of a reply."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(RightClient):
    def reply(self):
        data = self.socket.recv(100)
        if not data:
            sys.exit('the server closed the connection')
        return data.decode()


Wrong().main()
