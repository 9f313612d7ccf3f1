"""select(2) in Python, by the standard library's selectors: `python-select.py echo|calculator`."""
import selectors
import socket
import sys

from conversations import CONVERSATIONS

Conversation = CONVERSATIONS[sys.argv[1]]
# The descriptors above 1,023 that select.select refuses are why idle clients are not tried here.
selector = selectors.SelectSelector()


def welcome(listener):
    client, _ = listener.accept()
    client.setblocking(False)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    conversation = Conversation()
    selector.register(client, selectors.EVENT_READ, lambda: serve(client, conversation))


def serve(client, conversation):
    try:
        received = client.recv(65536)
        if received:
            client.sendall(conversation.answer(received))
            return
    except OSError:
        pass
    selector.unregister(client)
    client.close()


listener = socket.create_server(("127.0.0.1", 0), backlog=511)
selector.register(listener, selectors.EVENT_READ, lambda: welcome(listener))
print("Server listening on %s:%d" % listener.getsockname(), flush=True)
while True:
    for key, _ in selector.select():
        key.data()
