"""A client that keeps to itself what is typed."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(RightClient):
    def main(self):
        self.connect()
        while True:
            self.prompt()

    def skip_greeting(self):
        pass


Wrong().main()
