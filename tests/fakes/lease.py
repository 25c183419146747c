"""A lease for one daemon that is alone on its store."""


class LoneLease:
    """Whatever it asks for is its own, and so is everything else."""

    def take(self, *names: str) -> frozenset[str]:
        return frozenset()

    def keep(self) -> frozenset[str]:
        return frozenset()

    def taken(self, *names: str) -> frozenset[str]:
        return frozenset(names)

    def give_back(self, *names: str) -> None:
        pass

    def close(self) -> None:
        pass
