"""A right server that prints without end."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa


def flood():
    while True:
        os.write(1, b'all is well\n' * 1000)


threading.Thread(target=flood, daemon=True).start()
SelectServer().main()
