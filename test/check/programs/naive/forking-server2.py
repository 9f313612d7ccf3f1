# A process for each client.
import os
import signal
import socket
import sys

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind((sys.argv[1], int(sys.argv[2])))
listener.listen(5)
while True:
    client, address = listener.accept()
    print('connected', address)
    if os.fork() > 0:
        client.close()
        continue
    listener.close()
    while True:
        data = client.recv(1024)
        if not data:
            os._exit(0)
        print('message:', data)
        try:
            client.send(str(eval(data)).encode())
        except Exception as error:
            client.send(('error: ' + str(error)).encode())
