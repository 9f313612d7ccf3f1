"""Gathers a message without any limit."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def receive(self, client, data):
        pieces = client.__dict__.setdefault('pieces', [])
        pieces.append(data)
        if b'\n' not in data:
            return b''
        lines = b''.join(pieces).split(b'\n')
        client.pieces = [lines.pop()]
        return b''.join(self.reply(line) for line in lines)


Wrong().main()
