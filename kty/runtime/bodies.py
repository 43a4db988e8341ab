"""Objects at rest: zstd with a dictionary of the first ones seen, since the objects of one kind are much alike."""

import sys
from typing import Protocol

LEVEL = 3
SAMPLES = 16
"""So many of the first objects make the dictionary."""
LARGEST_SAMPLE = 32 * 1024
"""Bytes: a larger object would crowd out the others and slow the packing of all."""


class _Packer(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


if sys.version_info >= (3, 14):
    from compression import zstd

    class _Zstd:
        """One object at a time, by the standard library."""

        def __init__(self, content: bytes = b"") -> None:
            self._dictionary = zstd.ZstdDict(content, is_raw=True) if content else None
            self._compressor = zstd.ZstdCompressor(level=LEVEL, zstd_dict=self._dictionary)

        def compress(self, data: bytes) -> bytes:
            return self._compressor.compress(data, mode=self._compressor.FLUSH_FRAME)

        def decompress(self, data: bytes) -> bytes:
            return zstd.decompress(data, zstd_dict=self._dictionary)

else:
    import zstandard

    class _Zstd:
        """One object at a time, by python-zstandard."""

        def __init__(self, content: bytes = b"") -> None:
            as_it_is = zstandard.DICT_TYPE_RAWCONTENT
            dictionary = zstandard.ZstdCompressionDict(content, dict_type=as_it_is) if content else None
            self._compressor = zstandard.ZstdCompressor(level=LEVEL, dict_data=dictionary)
            self._decompressor = zstandard.ZstdDecompressor(dict_data=dictionary)

        def compress(self, data: bytes) -> bytes:
            # What it returns has room for the uncompressed object; a copy has none to spare.
            return bytes(memoryview(self._compressor.compress(data)))

        def decompress(self, data: bytes) -> bytes:
            return self._decompressor.decompress(data)


class Bodies:
    """Packs the objects of one store, and unpacks what it packed."""

    def __init__(self) -> None:
        self._zstd: _Packer = _Zstd()
        self._samples: list[bytes] | None = []

    def pack(self, body: bytes) -> bytes:
        packed = self._zstd.compress(body)
        if self._samples is not None and len(body) <= LARGEST_SAMPLE:
            self._samples.append(body)
            if len(self._samples) == SAMPLES:
                self._zstd, self._samples = _Zstd(b"".join(self._samples)), None
        return packed

    def unpack(self, packed: bytes) -> bytes:
        # What was packed before there was a dictionary never looks back into one, so it unpacks with it as well.
        return self._zstd.decompress(packed)
