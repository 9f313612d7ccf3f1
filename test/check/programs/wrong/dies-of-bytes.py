"""Decodes what is no text without a catch: the server ends."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def answer(self, message):
        return super().answer(message.decode().encode())


Wrong().main()
