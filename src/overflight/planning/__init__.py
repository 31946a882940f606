"""From sites and limits to a route, behind one small Protocol (``protocol.RoutePlanner``)."""
