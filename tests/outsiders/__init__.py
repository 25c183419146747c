"""Programs that none of us wrote, as judges of what Giliran gives out. Nothing of them is in the product."""
