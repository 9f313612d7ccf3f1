"""A client that prints something at the start, and its prompt only behind what was typed."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(RightClient):
    def main(self):
        print('Connected to server', flush=True)
        super().main()

    def prompt(self):
        line = input()
        print('Please enter the message to the server:', line)
        self.skip_greeting()
        return line


Wrong().main()
