"""Ctrl+C waits for the threads, and these for their clients."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(ThreadServer):
    daemon = False


Wrong().main()
