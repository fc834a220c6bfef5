"""Lets papermill set the parameters of xdrlab notebooks: its injected cell is written in TypeScript.

papermill loads this module by its entry point ``papermill.engine``, the one that it has; what it is for is the
translator that it registers. The work is done by xdrlab itself, so that the cell is the same as that of
``xdrlab run -p``: values are checked against the declared types before anything runs.
"""

import contextvars
import json
import subprocess
from pathlib import Path

from papermill.engines import NBClientEngine
from papermill.exceptions import PapermillException
from papermill.models import Parameter
from papermill.translators import Translator, papermill_translators

_COMMAND_FILE = Path(__file__).with_name("command.json")
_LONGEST_SECONDS = 60

# papermill shows the translator the parameters cell first, and then has it write the values, without the cell.
_parameters_cell = contextvars.ContextVar("xdrlab_parameters_cell", default=None)


def _ask(question):
    """Asks xdrlab; its errors are papermill's."""
    try:
        text = json.dumps(question, allow_nan=False, default=str)
    except ValueError as error:
        raise PapermillException("a parameter is not a finite number, and xdrlab cannot write it") from error
    try:
        command = json.loads(_COMMAND_FILE.read_text(encoding="utf-8"))
        missing = [path for path in command if not Path(path).exists()]
        if missing:
            raise FileNotFoundError(f"there is no {missing[0]}")
        done = subprocess.run(
            [*command, "papermill"],
            input=text,
            capture_output=True,
            encoding="utf-8",
            timeout=_LONGEST_SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise PapermillException(f"xdrlab cannot be started ({error}); run `xdrlab install` again") from error
    if done.returncode != 0:
        raise PapermillException(done.stderr.strip())
    return json.loads(done.stdout)


class XdrlabTranslator(Translator):
    """Writes papermill's injected cell in TypeScript."""

    @classmethod
    def inspect(cls, parameters_cell):
        """The parameters that a cell declares; of one that cannot be read, none: that is told when values are set."""
        source = parameters_cell["source"]
        _parameters_cell.set(source)
        try:
            found = _ask({"cell": source})
        except PapermillException:
            return []
        return [Parameter(each["name"], each["type"], each["default"], each["help"]) for each in found]

    @classmethod
    def codify(cls, parameters, comment="Parameters"):
        """The cell that sets the values, each with its declared type."""
        source = _parameters_cell.get()
        _parameters_cell.set(None)
        return _ask({"cell": source, "values": parameters, "title": comment})


# By the kernel's name; by its language where the kernel was installed under another name.
papermill_translators.register("xdrlab", XdrlabTranslator)
papermill_translators.register("typescript", XdrlabTranslator)


class XdrlabEngine(NBClientEngine):
    """papermill's own engine: an entry point has to name one."""
