"""A client that sees at the prompt that the server has left, and prompts again."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(RightClient):
    def prompt(self):
        line = input('Please enter the message to the server: ')
        if select.select([self.socket], [], [], 0)[0]:
            greeting = self.socket.recv(4096)
            if not greeting:
                return ''
            self.show(greeting.decode())
        return line


Wrong().main()
