"""Runs a program on a terminal that vanishes without SIGHUP.

The program has a pseudoterminal for its standard streams, in a session without a controlling
terminal: so there is nothing to send SIGHUP to. What it prints is copied to standard output. At the
end of standard input the terminal is closed, and `(vanished)` is printed. The exit code is the
program's own, or 128 and the number of the signal that ended it.
"""

import os
import pty
import select
import sys

master, slave = pty.openpty()
child = os.fork()
if child == 0:
    os.setsid()
    for fd in (0, 1, 2):
        os.dup2(slave, fd)
    os.close(master)
    os.close(slave)
    os.execvp(sys.argv[1], sys.argv[1:])
os.close(slave)
while True:
    readable, _, _ = select.select([0, master], [], [])
    if master in readable:
        try:
            os.write(1, os.read(master, 4096))
        except OSError:  # The program has ended.
            break
    if 0 in readable:
        typed = os.read(0, 4096)
        if not typed:
            break
        os.write(master, typed)
os.close(master)
os.write(1, b"(vanished)\n")
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
sys.exit(code if code >= 0 else 128 - code)
