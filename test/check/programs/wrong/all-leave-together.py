"""When one client leaves, all connections are closed."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def end(self, client):
        for other in [one for one in self.clients.values() if one is not client]:
            self.drop(other)
        super().end(client)


Wrong().main()
