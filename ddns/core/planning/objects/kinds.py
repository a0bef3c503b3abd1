"""All kinds of object. A new one is a file beside this, and a line here."""

from ddns.core.planning.objects.group import GROUP
from ddns.core.planning.objects.kind import Kind
from ddns.core.planning.objects.location import LOCATION
from ddns.core.planning.objects.origin import ORIGIN

KINDS: dict[str, Kind] = {kind.type: kind for kind in (LOCATION, GROUP, ORIGIN)}
