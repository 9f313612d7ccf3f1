"""Does not catch a division by zero: the thread ends, its client waits for ever."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(ThreadServer):
    def answer(self, message):
        try:
            return self.calculate(message.decode())
        except (ValueError, RecursionError) as error:
            return f'error: {error}'

    def start(self, client):
        self.kept = [*getattr(self, 'kept', []), client][-3:]
        super().start(client)


Wrong().main()
