"""Splits what arrives together, and takes the piece at its end for a message."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def receive(self, client, data):
        *lines, piece = data[:MOST].split(b'\n')
        if piece.strip(b'\0'):
            lines.append(piece)
        return b''.join(self.reply(line) for line in lines)


Wrong().main()
