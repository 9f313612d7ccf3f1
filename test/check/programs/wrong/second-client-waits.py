"""A server1 whose second client waits in the backlog, and sees nothing."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(ThreadServer):
    def start(self, client):
        self.chat(client)


Wrong().main()
