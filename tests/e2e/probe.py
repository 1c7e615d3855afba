"""Questions to the health pages of a region's processes."""

import urllib.error
import urllib.request


def readiness(stack, name, page="readyz"):
    """The HTTP status of a page of a process's private port; None when nobody answers."""
    url = f"http://127.0.0.1:{stack.ports[name]['admin_port']}/{page}"
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None
