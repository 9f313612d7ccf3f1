"""Keeps the thread of every client that has left."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(ThreadServer):
    def leave(self, client):
        client.socket.close()
        threading.Event().wait()


Wrong().main()
