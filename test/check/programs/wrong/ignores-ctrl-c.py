"""Catches Ctrl+C with everything else, and goes on."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def serve(self, listener):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        super().serve(listener)


Wrong().main()
