"""One measurement of the vendor's SDK: `rows_worker.py <what> <origin> <count>` prints its figures as JSON."""

import json
import logging
import os
import resource
import sys
import time

what, origin, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.environ.setdefault("CLIENT_ID", "bench")
os.environ.setdefault("CLIENT_SECRET", "bench")
# The server is on this machine, without TLS.
os.environ.setdefault("OAUTHLIB_INSECURE_TRANSPORT", "1")
logging.disable(logging.CRITICAL)

from taegis_sdk_python import GraphQLService  # noqa: E402
from taegis_sdk_python.services.alerts.types import SearchRequestInput  # noqa: E402

FIELDS = (
    "id tenant_id status sensor_types metadata { title description severity confidence "
    "created_at { seconds nanos } engine { name } } "
    "entities { entities relationships { from_entity to_entity relationship } }"
)
PAGE = 1000
service = GraphQLService(environment="bench", environments={"bench": origin}, schema_expiry=600)


def person():
    return service.subjects.query.service.execute_query(endpoint="currentTDRUser", variables={}, output="id email")


def search(offset):
    with service(output=f"search_id alerts {{ total_results list {{ {FIELDS} }} }}"):
        return service.alerts.query.alerts_service_search(
            SearchRequestInput(cql_query="FROM alert", offset=offset, limit=PAGE)
        )


def page_all():
    rows = total = 0
    for offset in range(0, count, PAGE):
        found = search(offset).alerts.list_
        rows += len(found)
        total += sum(int(alert.id_[-10:]) for alert in found)
    return rows, total


def query_all():
    for _ in range(count):
        person()
    return 0, 0


person()
before = resource.getrusage(resource.RUSAGE_SELF)
began = time.perf_counter()
rows, total = page_all() if what == "parsed" else query_all()
ms = (time.perf_counter() - began) * 1000
after = resource.getrusage(resource.RUSAGE_SELF)
cpu = (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1000
print(json.dumps({"ms": ms, "cpuMs": cpu, "peakMb": after.ru_maxrss / 1024, "rows": rows, "sum": total}))
