"""A process for each client, and nobody who waits for them."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(ThreadServer):
    def start(self, client):
        if os.fork() == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            self.chat(client)
            os._exit(0)
        client.socket.close()


Wrong().main()
