# An echo by select, each recv a message.
import select
import socket
import sys

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind((sys.argv[1], int(sys.argv[2])))
listener.listen(5)
sockets = [listener]
while True:
    for ready in select.select(sockets, [], [])[0]:
        if ready is listener:
            client, address = listener.accept()
            print('connected', address)
            sockets.append(client)
            continue
        data = ready.recv(1024)
        if not data:
            sockets.remove(ready)
            ready.close()
            continue
        print('message:', data.decode())
        ready.send(data)
