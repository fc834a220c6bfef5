import { parentPort } from 'node:worker_threads'
import { columnsOf } from './document-columns.js'
import { keepAnswer, keepMerged } from './keep.js'
import { checkDocument, knownSchema } from './known-schemas.js'
import { searchSchema } from './search.js'
import { showSchema } from './show.js'
import type { TaskAnswer, TaskName, TaskRequest, Tasks } from './thread-tasks.js'

type Done = { [Name in TaskName]: (input: Tasks[Name]['takes']) => Tasks[Name]['gives'] }

const tasks: Done = {
  open: ({ place }) => {
    knownSchema(place)
    return true
  },
  check: ({ place, source, kind }) => checkDocument(place, source, kind),
  columns: ({ place, ...question }) => columnsOf(knownSchema(place), question),
  keep: keepAnswer,
  merge: keepMerged,
  search: ({ place, text, limit }) => searchSchema(knownSchema(place), text, limit),
  show: ({ place, name }) => showSchema(knownSchema(place), name),
}

parentPort?.on('message', ({ id, name, input }: TaskRequest) => {
  parentPort?.postMessage(answer(id, () => (tasks[name] as (input: unknown) => unknown)(input)))
})

function answer(id: number, run: () => unknown): TaskAnswer {
  try {
    return { id, value: run() }
  } catch (error) {
    return { id, failure: error instanceof Error ? error.message : String(error) }
  }
}
