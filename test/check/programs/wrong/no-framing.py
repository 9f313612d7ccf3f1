"""Takes what each recv returns for one message."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def receive(self, client, data):
        return self.reply(data.rstrip(b'\0\r\n'))


Wrong().main()
