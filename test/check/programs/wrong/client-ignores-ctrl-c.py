"""A client that cannot be ended at its prompt."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(RightClient):
    def prompt(self):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            return super().prompt()
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)


Wrong().main()
