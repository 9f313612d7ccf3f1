# Asks, sends the bare text, and takes one recv for the reply.
import socket
import sys

connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
connection.connect((sys.argv[1], int(sys.argv[2])))
print('Connected to server')
while True:
    message = input('Please enter the message to the server: ')
    connection.send(message.encode())
    print('Server replied:', connection.recv(1024).decode())
