"""A client that shows a stack trace where nobody listens."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(RightClient):
    def connect(self):
        return socket.create_connection((HOST, PORT))


Wrong().main()
