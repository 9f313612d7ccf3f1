"""The calculator again, from docs/protocol.md, on Python's fractions, decimals and own parser.

Reads an expression a line and writes a reply a line. Python's grammar agrees with calcd's in
precedence and associativity, so that its parser checks ours; errors are written without columns.
"""

import re
import sys
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

LIMIT = 10**1000
SPELLINGS = str.maketrans({"−": "-", "×": "*", "·": "*", "÷": "/", "^": "**", "\t": " "})
LITERAL = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


class Wrong(Exception):
    pass


def places_and_rest(denominator):
    """The digits before the period, and what of the denominator makes one."""
    counts = []
    for factor in (2, 5):
        count = 0
        while denominator % factor == 0:
            denominator //= factor
            count += 1
        counts.append(count)
    return max(counts), denominator


def within(value):
    places, rest = places_and_rest(value.denominator)
    if rest * 10**places > LIMIT:
        if rest == 1:
            raise Wrong("too many digits after the point (limit 1000)")
        raise Wrong("denominator too large (limit 1000 digits)")
    if abs(value) >= LIMIT:
        raise Wrong("number too large (limit 1000 digits)")
    return value


class Number:
    def __init__(self, value):
        self.value = within(value)

    def __add__(self, other):
        return Number(self.value + other.value)

    def __sub__(self, other):
        return Number(self.value - other.value)

    def __mul__(self, other):
        return Number(self.value * other.value)

    def __truediv__(self, other):
        if other.value == 0:
            raise Wrong("division by zero")
        return Number(self.value / other.value)

    def __mod__(self, other):
        if other.value == 0:
            raise Wrong("division by zero")
        quotient = self.value / other.value
        whole = abs(quotient.numerator) // quotient.denominator
        return Number(self.value - other.value * (whole if quotient > 0 else -whole))

    def __pow__(self, other):
        if other.value.denominator != 1:
            raise Wrong("exponent must be a whole number")
        exponent = other.value.numerator
        if exponent == 0:
            return Number(Fraction(1))
        base = self
        if exponent < 0:
            base = Number(Fraction(1)) / self
            exponent = -exponent
        if base.value in (0, 1, -1):
            return base if exponent % 2 else Number(base.value**2)
        result = base
        for bit in bin(exponent)[3:]:
            result = result * result
            if bit == "1":
                result = result * base
        return result

    def __neg__(self):
        return Number(-self.value)

    def __pos__(self):
        return self


def printed(value):
    places, rest = places_and_rest(value.denominator)
    numerator, denominator = Decimal(value.numerator), Decimal(value.denominator)
    whole = len(str(abs(value.numerator) // value.denominator))
    precision = 4000 if rest == 1 else max(20, whole)
    exact = Context(prec=precision, rounding=ROUND_HALF_EVEN, Emax=10**6, Emin=-(10**6))
    quotient = exact.divide(numerator, denominator)
    if rest != 1 and precision - 1 - quotient.adjusted() > 1000:
        raise Wrong("too many digits after the point (limit 1000)")
    text = format(quotient, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def literal(text):
    return Number(Fraction(text if text[-1] != "." else text + "0"))


def reply(line):
    source = LITERAL.sub(lambda match: f'N("{match[0]}")', line.translate(SPELLINGS)).strip()
    try:
        return printed(eval(source, {"N": literal}).value)
    except Wrong as wrong:
        return f"error: {wrong}"


sys.set_int_max_str_digits(0)
sys.stdin.reconfigure(encoding="utf-8")
for line in sys.stdin:
    print(reply(line.rstrip("\n")))
