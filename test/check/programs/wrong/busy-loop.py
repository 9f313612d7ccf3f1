"""Asks select again and again, with a timeout of zero."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    timeout = 0


Wrong().main()
