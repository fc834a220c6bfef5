import { setPriority } from 'node:os'
import { isRecord } from '../../src/record.js'
import { TypedCells } from './cells.js'
import { CellDocuments } from './documents.js'
import { PackageNames } from './package-names.js'
import { configFile, projectFiles } from './project.js'
import type { Answers, FromWorker, ToWorker } from './protocol.js'
import { TypeTexts } from './type-texts.js'
import { TypeScriptServer } from './typescript.js'

/** The kernel comes first: on a busy machine its cells are not to wait for us. */
const lowerPriority = 5

/** Types come first, milliseconds. */
const packagesAfterMs = 1_000

const folder = process.cwd()
const documents = new CellDocuments()
const packages = new PackageNames(folder)

// The stop button of a terminal reaches every process of a group, and only cells are meant.
process.on('SIGINT', () => undefined)
// The kernel is gone, in whatever way: nobody is left to answer to. TypeScript ends when its stdin does.
process.on('disconnect', () => process.exit(0))
// It may have gone while we were loaded.
if (!process.connected) process.exit(0)
try {
  setPriority(lowerPriority)
} catch {
  // Not everywhere is it ours to lower.
}

let server: TypeScriptServer | undefined
let texts: TypeTexts | undefined
let queue = Promise.resolve()
let atCursor = Promise.resolve()
try {
  server = await TypeScriptServer.start({
    folder,
    configFile,
    onEnd: (reason) => fail(reason),
  })
  for (const file of projectFiles(folder)) server.put(file)
  texts = await TypeTexts.open(server, configFile)
  // The libraries are read with the first question: before it is a person's.
  await new TypedCells(server, documents, packages, texts).complete('0;', 2)
} catch (error) {
  fail(error instanceof Error ? error.message : String(error))
}

const cells = server === undefined ? undefined : new TypedCells(server, documents, packages, texts)
if (cells !== undefined) {
  process.on('message', (message: unknown) => {
    if (isRecord(message)) queue = queue.then(() => take(cells, message as ToWorker))
  })
  tell({ state: 'ready', pid: server?.pid })
  setTimeout(() => void packages.load(), packagesAfterMs)
}

/**
 * What a cell needs is there before the next message is looked at: cells count in the order in which they ran. And the
 * one at the cursor stays as it is as long as it is asked about, in several questions.
 */
async function take(cells: TypedCells, request: ToWorker): Promise<void> {
  await atCursor
  try {
    if ('code' in request) await documents.prepare(request.code)
  } catch {
    // Without GraphQL there are types all the same.
  }
  const served = serve(cells, request)
  if (request.type === 'complete' || request.type === 'inspect') atCursor = served
}

async function serve(cells: TypedCells, request: ToWorker): Promise<void> {
  const { id } = request
  try {
    const answer = await answerTo(cells, request)
    tell({ id, answer })
  } catch (error) {
    tell({ id, failure: error instanceof Error ? error.message : String(error) })
  }
}

async function answerTo(cells: TypedCells, request: ToWorker): Promise<Answers[ToWorker['type']]> {
  switch (request.type) {
    case 'complete':
      return await cells.complete(request.code, request.cursor)
    case 'inspect':
      // JSON has no `undefined`.
      return (await cells.inspect(request.code, request.cursor, request.isDetailed)) ?? null
    case 'run': {
      // Asked before the cell is added, and answered after: the next request already sees its names.
      const checked = request.check ? cells.check(request.code) : []
      cells.add(request.code)
      return await checked
    }
    case 'schema':
      cells.useSchema(request.file)
      return undefined
  }
}

function tell(message: FromWorker): void {
  // Between the kernel's end and our hearing of it, the channel may be closed.
  if (process.connected) process.send?.(message)
}

/** Without TypeScript there is nothing to serve: the kernel is told, and starts another when it is time. */
function fail(reason: string): void {
  tell({ state: 'failed', reason })
  process.disconnect?.()
  process.exit(1)
}
