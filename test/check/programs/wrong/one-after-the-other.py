"""A thread for each client, each waited for before the next is accepted."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(ThreadServer):
    def start(self, client):
        self.chat(client)


Wrong().main()
