"""A right server that leaves a child behind, in a session of its own; argument 3 gets its number."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

child = os.fork()
if child == 0:
    os.setsid()
    signal.pause()
with open(sys.argv[3], 'a') as file:
    print(child, file=file)
SelectServer().main()
