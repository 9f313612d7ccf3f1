"""Right servers and a right client, for the wrong programs beside: each changes one thing.

Messages end with a line end, replies too; a message has a limit; nothing is kept without one.
"""
import os
import re
import select
import signal
import socket
import sys
import threading
from fractions import Fraction

HOST, PORT = sys.argv[1], int(sys.argv[2])
MOST = 4096
MOST_REPLIES = 256 * 1024


class Expression:
    """Sums of products of numbers and parentheses, by recursive descent."""

    def __init__(self, text):
        if not re.fullmatch(r'[\d.\s()+*/-]*', text):
            raise ValueError('unexpected character')
        self.tokens = re.findall(r'\d+\.?\d*|\.\d+|\S', text) + ['']

    def value(self):
        value = self.sum()
        if self.tokens[0]:
            raise ValueError('unexpected ' + self.tokens[0])
        return value

    def sum(self):
        value = self.product()
        while self.tokens[0] in ('+', '-'):
            sign = 1 if self.tokens.pop(0) == '+' else -1
            value += sign * self.product()
        return value

    def product(self):
        value = self.operand()
        while self.tokens[0] in ('*', '/'):
            if self.tokens.pop(0) == '*':
                value *= self.operand()
            else:
                value /= self.operand()
        return value

    def operand(self):
        token = self.tokens.pop(0)
        if token == '-':
            return -self.operand()
        if token == '(':
            value = self.sum()
            if self.tokens.pop(0) != ')':
                raise ValueError('unclosed parenthesis')
            return value
        if not token[:1].isdigit() and token[:1] != '.':
            raise ValueError('expected a number')
        return Fraction(token)


def shown(value):
    return str(value.numerator) if value.denominator == 1 else repr(float(value))


class Client:
    def __init__(self, socket):
        self.socket = socket
        self.inbox = b''
        self.outbox = b''
        self.too_long = False
        self.ended = False


class Server:
    """What the servers share: the listener, the conversation, the display."""

    backlog = 128

    def listen(self):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_options(listener)
        try:
            listener.bind((HOST, PORT))
            listener.listen(self.backlog)
        except OSError as error:
            self.cannot_listen(error)
        return listener

    def set_options(self, listener):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

    def cannot_listen(self, error):
        sys.exit(f'cannot listen: {error}')

    def main(self):
        try:
            self.serve(self.listen())
        except KeyboardInterrupt:
            pass

    def show(self, text):
        print(text, flush=True)

    def receive(self, client, data):
        """The replies to what was received."""
        replies = b''
        lines = (client.inbox + data).split(b'\n')
        client.inbox = lines.pop()
        for line in lines:
            if not client.too_long:
                replies += self.reply(line)
            client.too_long = False
        if len(client.inbox) > MOST:
            if not client.too_long:
                replies += b'error: message too long\n'
            client.too_long = True
            client.inbox = b''
        return replies

    def reply(self, line):
        answer = self.answer(line.strip(b'\0\r '))
        self.show(f'message {line[:200]!r}, reply {answer[:200]}')
        return answer.encode() + b'\n'

    def answer(self, message):
        try:
            return self.calculate(message.decode())
        except (ValueError, ZeroDivisionError, RecursionError) as error:
            return f'error: {error}'

    def calculate(self, text):
        return shown(Expression(text).value())


class SelectServer(Server):
    """server3: one loop around select."""

    timeout = None

    def serve(self, listener):
        listener.setblocking(False)
        self.clients = {}
        while True:
            readers = [client.socket for client in self.clients.values() if self.listens_to(client)]
            writers = [client.socket for client in self.clients.values() if client.outbox]
            readable, writable, _ = select.select([listener, *readers], writers, [], self.timeout)
            for ready in readable:
                if ready is not listener:
                    self.read(self.clients[ready])
            for ready in writable:
                if ready in self.clients:
                    self.write(self.clients[ready])
            # Last, for those who left in this round have made room.
            if listener in readable:
                self.accept(listener)

    def listens_to(self, client):
        return not client.ended and len(client.outbox) < MOST_REPLIES

    def accept(self, listener):
        accepted, address = listener.accept()
        accepted.setblocking(False)
        self.clients[accepted] = Client(accepted)
        self.show(f'connected with {address}')

    def read(self, client):
        try:
            data = client.socket.recv(65536)
        except OSError:
            return self.drop(client)
        if data:
            client.outbox += self.receive(client, data)
        else:
            self.end(client)

    def end(self, client):
        client.ended = True
        if not client.outbox:
            self.drop(client)

    def write(self, client):
        try:
            sent = client.socket.send(client.outbox)
        except OSError:
            return self.drop(client)
        client.outbox = client.outbox[sent:]
        if client.ended and not client.outbox:
            self.drop(client)

    def drop(self, client):
        del self.clients[client.socket]
        client.socket.close()


class EchoServer(SelectServer):
    """server4: the same loop, and the same bytes."""

    def receive(self, client, data):
        self.show(f'message {data[:200]!r}')
        return data


class ThreadServer(Server):
    """server2: a thread for each client."""

    daemon = True

    def serve(self, listener):
        while True:
            accepted, address = listener.accept()
            self.show(f'connected with {address}')
            self.start(Client(accepted))

    def start(self, client):
        threading.Thread(target=self.chat, args=[client], daemon=self.daemon).start()

    def chat(self, client):
        try:
            while data := client.socket.recv(65536):
                client.socket.sendall(self.receive(client, data))
        except OSError:
            pass
        self.leave(client)

    def leave(self, client):
        client.socket.close()


class SingleServer(SelectServer):
    """server1: one client; a second one is told that the server is busy."""

    def accept(self, listener):
        if not self.clients:
            return super().accept(listener)
        accepted, _ = listener.accept()
        self.refuse(accepted)

    def refuse(self, accepted):
        accepted.sendall(b'error: server busy\n')
        accepted.close()


class RightClient:
    def main(self):
        self.socket = self.connect()
        try:
            while True:
                line = self.prompt()
                if line == '':
                    continue
                self.socket.sendall(line.encode())
                self.show(self.reply())
        except (KeyboardInterrupt, EOFError):
            pass

    def connect(self):
        try:
            return socket.create_connection((HOST, PORT))
        except OSError as error:
            sys.exit(f'cannot connect: {error}')

    def prompt(self):
        line = input('Please enter the message to the server: ')
        self.skip_greeting()
        return line

    def skip_greeting(self):
        if select.select([self.socket], [], [], 0)[0]:
            data = self.socket.recv(4096)
            if not data:
                sys.exit('the server closed the connection')
            self.show(data.decode())

    def reply(self):
        data = self.socket.recv(4096)
        if not data:
            sys.exit('the server closed the connection')
        return data.decode()

    def show(self, reply):
        print('Server replied:', re.sub(r'[^\x20-\x7e\n]', '', reply), flush=True)
