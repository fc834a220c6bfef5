import { expect, test } from 'vitest'
import { gql } from '../../src/client/document.js'
import { chart } from '../../src/results/charts/chart.js'
import { signedIn } from '../support/taegis-client.js'

interface Found {
  alertsServiceSearch: {
    alerts: { list: { id: string; tenant_id: string; event_ids: { event_data: Record<string, string> }[] }[] }
  }
}

test('what the platform answers is drawn without naming a field', async () => {
  await using signed = await signedIn()
  const { xdr } = signed
  const found = await xdr.query<Found>(gql`query {
    alertsServiceSearch(in: { cql_query: "FROM alert EARLIEST=-30d", limit: 200 }) {
      alerts { list {
        id status tenant_id sensor_types event_ids { event_data }
        metadata { title severity created_at { seconds nanos } }
        entities { entities relationships { from_entity to_entity relationship } }
      } }
    }
  }`)
  const { list } = found.alertsServiceSearch.alerts
  expect(list.length).toBeGreaterThan(20)
  expect(await chart.alertTimeline(found).text()).toMatch(
    /^alerts over time by metadata\.severity\n.*critical/,
  )
  expect(await chart.network(found).text()).toMatch(/^entities\.relationships\n/)
  expect(await chart.bar(found, { x: 'sensor_types' }).text()).toContain('rows by sensor_types')

  const place = list
    .flatMap(({ event_ids }) => event_ids.map(({ event_data }) => event_data))
    .find((values) => values.process_correlation_id !== undefined)
  if (place === undefined) throw new Error('no event of a process among the alerts')
  const tree = await xdr.query<object>(
    gql`query ($tenant: ID!, $host: ID!, $process: String!) {
      processLineage(tenantID: $tenant, hostID: $host, processCorrelationID: $process) {
        lineage { processCorrelationID parentProcessCorrelationID imagePath commandline username childrenCount alerts }
      }
      processChildren(tenantID: $tenant, hostID: $host, processCorrelationID: $process, pageSize: 5) {
        childrenCount
        processList { processCorrelationID parentProcessCorrelationID imagePath commandline username childrenCount }
      }
    }`,
    { tenant: place.tenant_id, host: place.host_id, process: place.process_correlation_id },
  )
  const lines = (await chart.processTree(tree).text(200)).split('\n')
  const alert = lines.findIndex((line) => line.includes('[in an alert] powershell.exe'))
  expect(lines[1]).toMatch(/^wininit\.exe/)
  expect(alert).toBeGreaterThan(1)
  // Children stand deeper than the process that started them.
  const indent = lines[alert]?.search(/\[in an alert\]/) ?? 0
  const children = lines.slice(alert + 1)
  expect(children.length).toBeGreaterThanOrEqual(3)
  for (const line of children) expect(line.search(/[a-z]+\.exe/)).toBe(indent + 3)
})
