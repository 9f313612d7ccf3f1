"""All operators bind alike, from left to right."""
import os.path, sys
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from right import *  # noqa

class LeftToRight(Expression):
    def sum(self):
        value = self.operand()
        while self.tokens[0] and self.tokens[0] in '+-*/':
            operator, operand = self.tokens.pop(0), self.operand()
            if operator == '+':
                value += operand
            elif operator == '-':
                value -= operand
            elif operator == '*':
                value *= operand
            else:
                value /= operand
        return value


class Wrong(SelectServer):
    def calculate(self, text):
        return shown(LeftToRight(text).value())


Wrong().main()
