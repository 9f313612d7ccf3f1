"""Runs a program where the name server never answers. Needs `unshare --user --map-root-user --net --mount`.

The loopback interface of the new network is switched on, and the resolver's file names a port of it
that takes questions and says nothing.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys
import tempfile

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
flags = fcntl.ioctl(server, SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0))
up = struct.unpack_from("16xh", flags)[0] | IFF_UP
fcntl.ioctl(server, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", up))
server.bind(("127.0.0.1", 53))

with tempfile.NamedTemporaryFile("w", suffix=".conf") as resolver:
    resolver.write("nameserver 127.0.0.1\noptions timeout:30 attempts:5\n")
    resolver.flush()
    subprocess.run(["mount", "--bind", resolver.name, "/etc/resolv.conf"], check=True)
    os.set_inheritable(server.fileno(), True)
    sys.exit(subprocess.run(sys.argv[1:]).returncode)
