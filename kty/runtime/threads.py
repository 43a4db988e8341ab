"""The threads beside a loop."""

from concurrent.futures import ThreadPoolExecutor


class Impatient(ThreadPoolExecutor):
    """Leaves its threads behind: the loop ends though one of them still waits for a name server."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait=False, cancel_futures=True)
