"""Names for type checkers. Annotations are not in the program; what is left are base classes and aliases."""

import collections
import collections.abc
import types
from collections.abc import (
    Awaitable, Callable, Collection, Generator, Hashable, ItemsView, Iterable, Iterator, KeysView, Mapping,
    MutableMapping, MutableSequence, Sequence, Sized, ValuesView,
)  # fmt: skip

TYPE_CHECKING = False
List, Dict, Set, FrozenSet, Tuple, Type = list, dict, set, frozenset, tuple, type
Deque, DefaultDict, OrderedDict = collections.deque, collections.defaultdict, collections.OrderedDict
Text = str


class _Form:
    """A name that is only ever subscripted, joined with others, or handed on."""

    def __init__(self, *args, **kwargs):
        pass

    def __getitem__(self, item):
        return self

    def __or__(self, other):
        return self

    __ror__ = __or__

    def __call__(self, *args, **kwargs):
        return self

    def __mro_entries__(self, bases):
        return ()


Any = Union = Optional = Literal = Final = ClassVar = Annotated = Self = Never = NoReturn = _form = _Form()
TypeAlias = IO = TextIO = BinaryIO = AnyStr = SupportsIndex = ContextManager = Concatenate = TypeGuard = _form
TypeVar = ParamSpec = TypeVarTuple = ForwardRef = NewType = _Form


class Generic:
    __slots__ = ()

    def __class_getitem__(cls, item):
        return cls


class Protocol(Generic):
    __slots__ = ()


def cast(kind, value):
    return value


def _same(thing):
    return thing


overload = final = override = runtime_checkable = no_type_check = _same


def assert_never(value):
    raise AssertionError(f"Expected code to be unreachable, but got: {value!r}")


class _NamedTuples(type):
    """Makes ``class Point(NamedTuple): x: int; y: int = 0`` a named tuple, as typing does."""

    def __new__(cls, name, bases, body):
        fields = body.get("__annotations__", {})
        defaults = [body[field] for field in fields if field in body]
        made = collections.namedtuple(name, fields, defaults=defaults, module=body["__module__"])
        made.__annotations__ = made.__new__.__annotations__ = fields
        for key, value in body.items():
            if key not in fields and key not in _KEPT:
                setattr(made, key, value)
        return made


_KEPT = ("__module__", "__annotations__", "__qualname__", "__slots__", "__new__", "__init__", "__classcell__",
         "__static_attributes__", "__firstlineno__")  # fmt: skip
_NamedTuple = type.__new__(_NamedTuples, "NamedTuple", (), {})


def NamedTuple(name, fields):
    return collections.namedtuple(name, [field for field, _ in fields])


NamedTuple.__mro_entries__ = lambda bases: (_NamedTuple,)


def TypedDict(name, fields=None):
    return dict


TypedDict.__mro_entries__ = lambda bases: (dict,)


def get_type_hints(thing):
    return {}


def get_args(thing):
    return ()


get_origin = type_repr = lambda thing: None
