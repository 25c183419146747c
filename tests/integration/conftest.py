from tests.fixtures.cups import card_pdf, card_queue, new_cups, private_cups, token

__all__ = ["card_pdf", "card_queue", "new_cups", "private_cups", "token"]
