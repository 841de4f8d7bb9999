"""What the province holds those who report to: here, how completely and how validly monitors transmit."""
