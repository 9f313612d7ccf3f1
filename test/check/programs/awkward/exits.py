"""Ends before it listens."""
import sys
sys.exit('the configuration is missing')
