"""Takes ten clients and no more."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def accept(self, listener):
        if len(self.clients) < 10:
            return super().accept(listener)
        listener.accept()[0].close()


Wrong().main()
