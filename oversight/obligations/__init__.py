"""Obligations (报送责任): who owes which kind for which period by when, and what came of it.

``duty`` is the data, ``expected`` what it asks for, ``states`` what became of each: pure functions from frame to frame.
``known`` reads the frames from the warehouse as known at a moment.
"""
