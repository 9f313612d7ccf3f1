# A thread for each client; replies such as 66.0, without a line end.
import socket
import sys
import threading


def chat(client):
    while True:
        data = client.recv(1024).decode()
        if not data:
            break
        print('message:', data)
        try:
            left, operator, right = data.split()
            left, right = float(left), float(right)
            result = {'+': lambda: left + right, '-': lambda: left - right,
                      '*': lambda: left * right, '/': lambda: left / right}[operator]()
        except Exception as error:
            result = 'Invalid input: ' + str(error)
        client.send(str(result).encode())
    client.close()


listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind((sys.argv[1], int(sys.argv[2])))
listener.listen(5)
while True:
    client, address = listener.accept()
    print('connected', address)
    threading.Thread(target=chat, args=(client,), daemon=True).start()
