"""A server1 that has refused a client once and serves no other any more."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SingleServer):
    refused = False

    def accept(self, listener):
        if self.refused:
            return listener.accept()[0].close()
        super().accept(listener)

    def refuse(self, accepted):
        self.refused = True
        super().refuse(accepted)


Wrong().main()
