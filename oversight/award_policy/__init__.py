"""What the award policies entitle to: the arithmetic shown, who is entitled without applying, and what stacks.

Everything here is a pure function: ``assessment`` of one claim, ``entitlement`` and ``stacking`` of whole frames. The
clauses are data (:mod:`validators.policies`).
"""
