"""A lease for one daemon that is alone on its store."""


class LoneLease:
    """Whatever it asks for is its own, and so is everything else."""

    def acquire(self, *names: str) -> frozenset[str]:
        return frozenset()

    def renew(self) -> frozenset[str]:
        return frozenset()

    def held(self, *names: str) -> frozenset[str]:
        return frozenset(names)

    def release(self, *names: str) -> None:
        pass

    def close(self) -> None:
        pass
