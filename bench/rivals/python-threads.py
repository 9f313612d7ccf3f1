"""A thread for each client in Python: `python-threads.py echo|calculator`."""
import socket
import sys
import threading

from conversations import CONVERSATIONS

Conversation = CONVERSATIONS[sys.argv[1]]


def serve(client):
    conversation = Conversation()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with client:
        try:
            while received := client.recv(65536):
                client.sendall(conversation.answer(received))
        except OSError:
            pass


listener = socket.create_server(("127.0.0.1", 0), backlog=511)
print("Server listening on %s:%d" % listener.getsockname(), flush=True)
while True:
    client, _ = listener.accept()
    threading.Thread(target=serve, args=(client,), daemon=True).start()
