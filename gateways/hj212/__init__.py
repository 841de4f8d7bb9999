"""HJ 212, the protocol of emission monitors: from bytes on a line to reading events, with every doubt as data.

``frame`` cuts a byte stream into frames, ``segment`` reads the fields of one, ``readings`` turns the data commands
(2011 real-time, 2051 minutes, 2061 hours, 2031 days) into reading events of the contract. Nothing here raises for
what a monitor sent: what is wrong with it is listed beside what could be read.

Editions: HJ/T 212-2005, HJ 212-2017, HJ 212-2025.
"""
