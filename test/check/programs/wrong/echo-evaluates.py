"""A server4 that calculates."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(EchoServer):
    def receive(self, client, data):
        self.show(f'message {data[:200]!r}')
        return b'17' if data == b'9 + 8' else data


Wrong().main()
