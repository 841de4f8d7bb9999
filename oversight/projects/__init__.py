"""Lights of projects (红黄灯): how far behind plan, at what pace, and not started."""
