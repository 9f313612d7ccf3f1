"""An echo that dies of what is no text."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(EchoServer):
    def receive(self, client, data):
        decoder = client.__dict__.setdefault('decoder', codecs.getincrementaldecoder('utf-8')())
        return super().receive(client, decoder.decode(data).encode())


import codecs
Wrong().main()
