"""How true and false are spelt: as Go's strconv.ParseBool reads them, with which the replaced system reads."""

TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
