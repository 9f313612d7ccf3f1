"""An echo without the spaces around."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(EchoServer):
    def receive(self, client, data):
        return super().receive(client, data.strip(b' \r\n'))


Wrong().main()
