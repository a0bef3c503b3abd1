"""The generator of CPython in its simplest form: random imports hashlib, bisect and math for distributions."""

from _random import Random as _Random


class Random(_Random):
    def uniform(self, a, b):
        return a + (b - a) * self.random()

    def randrange(self, start, stop=None):
        if stop is None:
            start, stop = 0, start
        width = stop - start
        if width < 1:
            raise ValueError("empty range")
        bits = width.bit_length()
        found = self.getrandbits(bits)
        while found >= width:
            found = self.getrandbits(bits)
        return start + found

    def randint(self, a, b):
        return self.randrange(a, b + 1)

    def choice(self, seq):
        return seq[self.randrange(len(seq))]

    def choices(self, population, *, k=1):
        return [self.choice(population) for _ in range(k)]


_shared = []


def _of_shared(name):
    """Return a function of the shared generator, which is seeded when it is first asked: never before a snapshot."""

    def function(*args, **kwargs):
        if not _shared:
            _shared.append(Random())
        return getattr(_shared[0], name)(*args, **kwargs)

    return function


random, uniform, randrange, randint = map(_of_shared, ("random", "uniform", "randrange", "randint"))
choice, choices, getrandbits, seed = map(_of_shared, ("choice", "choices", "getrandbits", "seed"))
