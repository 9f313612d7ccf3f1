"""What the Python rivals say: an echo, or a calculator of whole numbers and fractions."""
import re
from fractions import Fraction

LONGEST_MESSAGE = 4096
DEEPEST = 200
TOKEN = re.compile(rb"\s*(?:(\d+)|(.))", re.DOTALL)


class Echo:
    def answer(self, received):
        return received


class Calculator:
    """A message ends at LF; each gets one line."""

    def __init__(self):
        self.partial = b""

    def answer(self, received):
        *messages, self.partial = (self.partial + received).split(b"\n")
        if len(self.partial) > LONGEST_MESSAGE:
            raise ConnectionError("message too long")
        return b"".join(calculate(message) for message in messages)


def calculate(message):
    try:
        return b"%s\n" % format_number(Parser(message).value()).encode()
    except (ValueError, ZeroDivisionError) as error:
        return b"error: %s\n" % str(error).encode()


def format_number(value):
    if isinstance(value, int) or value.denominator == 1:
        return str(int(value))
    return str(float(value))


class Parser:
    """Precedence by one method a level, over a list of tokens."""

    def __init__(self, message):
        self.tokens = TOKEN.findall(message.strip())
        self.position = 0
        self.depth = 0

    def value(self):
        value = self.sum()
        if self.position < len(self.tokens):
            raise ValueError("unexpected character")
        return value

    def sign(self):
        if self.position < len(self.tokens):
            return self.tokens[self.position][1]
        return b""

    def sum(self):
        value = self.product()
        while (sign := self.sign()) in (b"+", b"-"):
            self.position += 1
            right = self.product()
            value = value + right if sign == b"+" else value - right
        return value

    def product(self):
        value = self.factor()
        while (sign := self.sign()) in (b"*", b"/"):
            self.position += 1
            right = self.factor()
            value = value * right if sign == b"*" else Fraction(value) / right
        return value

    def factor(self):
        if self.position == len(self.tokens):
            raise ValueError("expected a number")
        digits, sign = self.tokens[self.position]
        self.position += 1
        if digits:
            return int(digits)
        if sign == b"-":
            return -self.factor()
        if sign != b"(" or self.depth == DEEPEST:
            raise ValueError("expected a number")
        self.depth += 1
        value = self.sum()
        if self.sign() != b")":
            raise ValueError("expected ')'")
        self.position += 1
        self.depth -= 1
        return value


CONVERSATIONS = {"echo": Echo, "calculator": Calculator}
