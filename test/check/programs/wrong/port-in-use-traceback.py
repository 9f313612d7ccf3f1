"""Lets the error of bind through: a stack trace."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class Wrong(SelectServer):
    def cannot_listen(self, error):
        raise error


Wrong().main()
