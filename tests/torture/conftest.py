"""What lies here takes long. It is collected only with OVERFLIGHT_TORTURE=1 (`make torture`)."""

from __future__ import annotations

import os

collect_ignore_glob = [] if os.environ.get("OVERFLIGHT_TORTURE") == "1" else ["test_*.py"]
