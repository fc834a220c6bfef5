"""Runs a notebook with nbclient, as a Jupyter user's own tools would, and tells of each sign-in on stdout.

Usage: run_notebook.py IN.ipynb OUT.ipynb
"""

import json
import sys

import nbformat
from nbclient import NotebookClient

SIGN_IN = "application/vnd.xdrlab.sign-in+json"


class WatchedClient(NotebookClient):
    """Prints the sign-in data of each display once, so that the test can confirm it."""

    def process_message(self, msg, cell, cell_index):
        data = msg.get("content", {}).get("data", {})
        if msg["msg_type"] == "display_data" and SIGN_IN in data:
            print(json.dumps(data[SIGN_IN]), flush=True)
        return super().process_message(msg, cell, cell_index)


source, target = sys.argv[1:]
notebook = nbformat.read(source, as_version=4)
try:
    WatchedClient(notebook, timeout=120, kernel_name="xdrlab").execute()
finally:
    nbformat.validate(notebook)
    nbformat.write(notebook, target)
