"""An echo of the first kilobyte of what it receives."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(EchoServer):
    def receive(self, client, data):
        return super().receive(client, data)[:1024]


Wrong().main()
