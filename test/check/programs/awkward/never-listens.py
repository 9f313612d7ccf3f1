"""Starts and does nothing."""
import signal
signal.pause()
