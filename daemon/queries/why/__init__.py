"""Why somebody stands where they stand: the facts about one job, and the words for the person at the counter."""

from daemon.queries.why.standing import MOST_OVERTAKINGS, Standing, find_standing, times_to_json, to_json
from daemon.queries.why.words import sentences

__all__ = ["MOST_OVERTAKINGS", "Standing", "find_standing", "sentences", "times_to_json", "to_json"]
