"""Keeps the first message of each client in a variable that all threads share."""
import os.path, sys, time
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(ThreadServer):
    def chat(self, client):
        client.is_new = True
        super().chat(client)

    def receive(self, client, data):
        if not client.is_new:
            return super().receive(client, data)
        client.is_new = False
        Wrong.data = data
        time.sleep(0.02)
        return super().receive(client, Wrong.data)


Wrong().main()
