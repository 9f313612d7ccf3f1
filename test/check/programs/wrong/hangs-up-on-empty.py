"""Takes an empty line for the end of the connection."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def read(self, client):
        super().read(client)
        if client.outbox == b'error: empty\n':
            client.outbox = b''
            self.drop(client)

    def answer(self, message):
        return 'error: empty' if message == b'' else super().answer(message)


Wrong().main()
