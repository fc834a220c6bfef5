"""Jupyter's own tests of a kernel, against the installed xdrlab kernel.

Prints one line of JSON: how many ran, and which failed or were skipped.
"""

import json
import sys
import unittest

import jupyter_kernel_test


class XdrlabKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "xdrlab"
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oh')"
    completion_samples = [
        {"text": "'abc'.toUpperC", "matches": ["toUpperCase"]},
        {"text": "JSON.str", "matches": ["stringify"]},
        {"text": "instanceo", "matches": ["instanceof"]},
        {"text": "/* \N{PARTY POPPER} */ structuredCl", "matches": ["structuredClone"]},
    ]
    complete_code_samples = ["1", "const a: number = 1", "function f() {\n  return 1\n}", "`a\nb`"]
    incomplete_code_samples = ["foo(", "if (x) {", "const f = () => {", "`open", "[1, 2,", "/* open"]
    invalid_code_samples = ["let let = 1", "}", "import 7"]
    code_page_something = "page('something to read')"
    code_generate_error = "throw new TypeError('no')"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "'😀'.length", "result": "2"},
        {"code": "await Promise.resolve('later')", "result": "'later'"},
        {"code": "enum Level { Low = 1 }; Level.Low", "result": "1"},
    ]
    code_display_data = [
        {"code": "display.html('<b>bold</b>')", "mime": "text/html"},
        {"code": "display.svg('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')", "mime": "image/svg+xml"},
        {"code": "display({ a: 1 })", "mime": "text/plain"},
    ]
    code_history_pattern = "6 *"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "JSON.stringify"
    code_clear_output = "display.clear()"


class XdrlabWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "xdrlab"
    support_iopub_welcome = True


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=2).run(suite)
    print(
        json.dumps(
            {
                "ran": result.testsRun,
                "failed": [f"{test}\n{trace}" for test, trace in result.failures + result.errors],
                "skipped": [f"{test}: {why}" for test, why in result.skipped],
            }
        )
    )
