"""Writing XML that every reader accepts."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

# What XML 1.0 (2.2) does not allow, however it is escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text_of(text: str) -> str:
    """``text`` without the characters that XML 1.0 cannot hold."""
    return _FORBIDDEN.sub("", text)


def document(root: ET.Element) -> str:
    """The element as an indented UTF-8 document with its declaration."""
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'
