"""Doubtful awards: above what the clause allows, stacked, unpaid too long, to another payee, on a basis not there."""
