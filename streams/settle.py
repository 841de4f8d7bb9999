"""Steps 5 to 8 of the batch for one kind: what the warehouse knows decides what each event does.

Kinds whose rules look at history are settled in rounds, so that a rule sees the event before, not only what the table
holds: a round has at most one event of each object. Readings have no such rules: all of them are one round.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl
from sqlalchemy import Connection
