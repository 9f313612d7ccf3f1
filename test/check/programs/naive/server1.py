# One client at a time; meanwhile the listening socket is closed, so that others are refused.
import socket
import sys

while True:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((sys.argv[1], int(sys.argv[2])))
    listener.listen(1)
    client, address = listener.accept()
    listener.close()
    print('connected', address)
    while True:
        try:
            data = client.recv(1024).decode()
        except Exception:
            break
        if not data:
            break
        print('message:', data)
        try:
            result = str(float(eval(data)))
        except Exception:
            result = 'Invalid input'
        client.send(result.encode())
    client.close()
