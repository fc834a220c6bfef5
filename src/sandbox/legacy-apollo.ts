import { type ExecutionResult, GraphQLError, type GraphQLSchema, parse, subscribe, validate } from 'graphql'
import type { RawData, WebSocket } from 'ws'
import { parseExactJson } from '../json.js'
import { isRecord } from '../record.js'
import type { CallContext } from './context.js'
import { stringifyWire } from './wire.js'

type Message = Record<string, unknown>

/** A client that says nothing is sent away. */
const initWithinMs = 10_000
const keepAliveMs = 10_000
/** More than this on its way to a slow client holds the subscription back. */
const mostBufferedBytes = 1024 * 1024

/** The framing of Apollo's `subscriptions-transport-ws`; whatever is not exactly it ends the connection. */
export function serveLegacyApollo(socket: WebSocket, schema: GraphQLSchema, context: CallContext): void {
  const running = new Map<string, AbortController>()
  let isInitialised = false
  const tooLate = setTimeout(() => socket.close(4408, 'connection_init is missing'), initWithinMs)
  const keepAlive = setInterval(() => isInitialised && send(socket, { type: 'ka' }), keepAliveMs)
  socket.on('close', () => {
    clearTimeout(tooLate)
    clearInterval(keepAlive)
    for (const stop of running.values()) stop.abort()
  })
  const refuse = (message: string) => {
    send(socket, { type: 'connection_error', payload: { message } })
    socket.close(1002, message)
  }
  socket.on('message', (data, isBinary) => {
    const message = readMessage(data, isBinary)
    const id = message?.id
    switch (message?.type) {
      case 'connection_init':
        if (isInitialised) return refuse('connection_init came twice')
        isInitialised = true
        clearTimeout(tooLate)
        send(socket, { type: 'connection_ack' })
        send(socket, { type: 'ka' })
        return
      case 'start': {
        if (!isInitialised) return refuse('start came before connection_init')
        if (typeof id !== 'string' || running.has(id)) return refuse('start needs an id of its own')
        const stop = new AbortController()
        running.set(id, stop)
        run(socket, schema, context, id, message.payload, stop.signal).finally(() => running.delete(id))
        return
      }
      case 'stop':
        if (typeof id === 'string') running.get(id)?.abort()
        return
      case 'connection_terminate':
        socket.close(1000)
        return
      default:
        refuse('this is no message of the protocol graphql-ws')
    }
  })
}

async function run(
  socket: WebSocket,
  schema: GraphQLSchema,
  contextValue: CallContext,
  id: string,
  payload: unknown,
  stop: AbortSignal,
): Promise<void> {
  const result = await begin(schema, contextValue, payload)
  if (!(Symbol.asyncIterator in result)) {
    send(socket, { id, type: 'error', payload: result.errors?.[0]?.toJSON() ?? { message: 'it failed' } })
    return
  }
  const leave = () => void result.return()
  stop.addEventListener('abort', leave, { once: true })
  try {
    for await (const message of result) {
      if (stop.aborted) return
      send(socket, { id, type: 'data', payload: message })
      await drained(socket, stop)
    }
    if (!stop.aborted) send(socket, { id, type: 'complete' })
  } catch (error) {
    if (!stop.aborted) send(socket, { id, type: 'error', payload: { message: messageOf(error) } })
  }
}

async function begin(
  schema: GraphQLSchema,
  contextValue: CallContext,
  payload: unknown,
): Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult> {
  const { query, variables, operationName } = isRecord(payload) ? payload : {}
  try {
    const document = parse(String(query))
    const errors = validate(schema, document)
    if (errors.length > 0) return { errors }
    return await subscribe({
      schema,
      document,
      contextValue,
      variableValues: isRecord(variables) ? variables : {},
      operationName: typeof operationName === 'string' ? operationName : null,
    })
  } catch (error) {
    return { errors: [error instanceof GraphQLError ? error : new GraphQLError(messageOf(error))] }
  }
}

/** Waits while a slow client has much to take still. */
async function drained(socket: WebSocket, stop: AbortSignal): Promise<void> {
  while (socket.bufferedAmount > mostBufferedBytes && !stop.aborted) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function send(socket: WebSocket, message: Message): void {
  if (socket.readyState === socket.OPEN) socket.send(stringifyWire(message))
}

function readMessage(data: RawData, isBinary: boolean): Message | undefined {
  if (isBinary) return undefined
  try {
    const value = parseExactJson(data.toString())
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function messageOf(error: unknown): string {
  return error instanceof GraphQLError ? error.message : 'the sandbox failed'
}
