"""What leaves the ordinary course of a script."""


class Leave(Exception):
    """`break` and `continue`, through so many loops."""

    def __init__(self, loops: int, *, again: bool) -> None:
        super().__init__()
        self.loops = loops
        self.again = again

    def ends_here(self) -> bool:
        """Say, in the loop that caught it, whether that loop ends. Raises it again for the loops around."""
        if self.loops > 1:
            raise Leave(self.loops - 1, again=self.again)
        return not self.again


class Return(Exception):
    """`return`, from a function."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code


class Exit(Exception):
    """`exit`, from the shell; or a mistake, at which a script ends and a person's shell does not."""

    def __init__(self, code: int, *, is_mistake: bool = False) -> None:
        super().__init__()
        self.code = code
        self.is_mistake = is_mistake
