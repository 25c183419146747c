"""The loops between the head of the queue and a card in the tray."""
