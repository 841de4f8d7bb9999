"""The kernel: settings, errors, identities, money, periods and the clock. Imports nothing else of Huiliu."""
