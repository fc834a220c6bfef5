import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'

/** A Jupyter server, a kernel gateway or a person's server of a hub. */
export interface JupyterAddress {
  /** Ends with a slash. */
  url: string
  token: string
}

/** A message of the websocket's JSON protocol. */
export interface ChannelMessage {
  channel: string
  msg_type: string
  content: Record<string, unknown>
  parent_header: { msg_id?: string }
}

export interface RemoteCell {
  /** The first message that fits, now or later. Fails when the cell ends without. */
  until(fits: (message: ChannelMessage) => boolean): Promise<ChannelMessage>
  /** Of its stdout so far. */
  readonly stdout: string
  readonly messages: readonly ChannelMessage[]
  /** All that came, once it is idle and answered: as a text to look for something in. */
  readonly done: Promise<RanCell>
}

export interface RanCell {
  status: string
  stdout: string
  /** What was asked, in order. */
  prompts: string[]
  /** Of its result: `text/plain`. */
  text: string | undefined
  ename: string | undefined
  everything: string
}

/** A kernel as a front end far away has it: REST to start and stop, a websocket for all channels. */
export interface RemoteKernel extends AsyncDisposable {
  readonly id: string
  /** Runs a cell; `answer` is typed at each prompt, and without it there is nobody to ask. */
  start(code: string, answer?: string): RemoteCell
  run(code: string, answer?: string): Promise<RanCell>
  interrupt(): Promise<void>
  restart(): Promise<void>
  /** Every message on the socket so far: also those of nobody's cell. */
  readonly messages: readonly ChannelMessage[]
}

const longestWaitMs = 60_000

/** Asks a Jupyter server's REST interface. */
export async function askJupyter<T>(
  { url, token }: JupyterAddress,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(longestWaitMs),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}

/** Starts a kernel of a kernelspec on a server; `env` reaches it only where the server allows that. */
export async function startRemoteKernel(
  server: JupyterAddress,
  name: string,
  env?: Record<string, string>,
): Promise<RemoteKernel> {
  const { id } = await askJupyter<{ id: string }>(server, 'POST', 'api/kernels', {
    name,
    ...(env === undefined ? {} : { env }),
  })
  const path = `api/kernels/${id}`
  const messages: ChannelMessage[] = []
  const cells = new Map<string, (message: ChannelMessage | Error) => void>()
  const socket = new WebSocket(`${server.url.replace(/^http/, 'ws')}${path}/channels`, {
    headers: { authorization: `token ${server.token}` },
    handshakeTimeout: longestWaitMs,
  })
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as ChannelMessage
    messages.push(message)
    cells.get(message.parent_header.msg_id ?? '')?.(message)
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const end = (error: Error) => {
    for (const hear of cells.values()) hear(error)
  }
  socket.on('error', end).on('close', () => end(new Error('the websocket was closed')))

  const send = (channel: string, type: string, content: object, parent: object = {}) => {
    const msg_id = randomUUID()
    const header = {
      ...{ msg_id, msg_type: type, username: 'test', session: id, version: '5.4' },
      date: new Date().toISOString(),
    }
    socket.send(
      JSON.stringify({ channel, header, parent_header: parent, metadata: {}, content, buffers: [] }),
    )
    return msg_id
  }
  const start = (code: string, answer?: string): RemoteCell => {
    const allow_stdin = answer !== undefined
    const msg_id = send('shell', 'execute_request', { code, silent: false, store_history: true, allow_stdin })
    return hearCell(
      (hear) => {
        cells.set(msg_id, hear)
        return () => cells.delete(msg_id)
      },
      (asked) => send('stdin', 'input_reply', { value: answer, status: 'ok' }, asked),
    )
  }
  return {
    id,
    messages,
    start,
    run: (code, answer) => start(code, answer).done,
    interrupt: () => askJupyter(server, 'POST', `${path}/interrupt`, {}),
    restart: () => askJupyter(server, 'POST', `${path}/restart`, {}),
    [Symbol.asyncDispose]: async () => {
      socket.terminate()
      await askJupyter(server, 'DELETE', path)
    },
  }
}

/** Collects what comes for one cell until it is both idle and answered. */
function hearCell(
  listen: (hear: (message: ChannelMessage | Error) => void) => () => void,
  reply: (asked: object) => void,
): RemoteCell {
  const messages: ChannelMessage[] = []
  const looks = new Set<(error?: Error) => void>()
  let answered: ChannelMessage | undefined
  let idle = false
  const stdout = () =>
    messages
      .filter(({ msg_type, content }) => msg_type === 'stream' && content.name === 'stdout')
      .map(({ content }) => content.text)
      .join('')
  const done = new Promise<RanCell>((resolve, reject) => {
    const finish = (then: () => void, error?: Error) => {
      clearTimeout(limit)
      stop()
      then()
      for (const look of looks) look(error ?? new Error(`the cell ended without: ${stdout()}`))
    }
    const fail = (error: Error) => finish(() => reject(error), error)
    const limit = setTimeout(
      () => fail(new Error(`the cell did not end: ${JSON.stringify(messages)}`)),
      2 * longestWaitMs,
    )
    const stop = listen((message) => {
      if (message instanceof Error) return fail(message)
      messages.push(message)
      if (message.msg_type === 'input_request') reply(message)
      if (message.msg_type === 'status') idle = message.content.execution_state === 'idle'
      if (message.msg_type === 'execute_reply') answered = message
      for (const look of looks) look()
      if (!idle || answered === undefined) return
      const { status, ename } = answered.content
      const result = messages.find(({ msg_type }) => msg_type === 'execute_result')?.content.data
      finish(() =>
        resolve({
          status: String(status),
          stdout: stdout(),
          prompts: messages
            .filter(({ msg_type }) => msg_type === 'input_request')
            .map(({ content }) => String(content.prompt)),
          text: (result as Record<string, string> | undefined)?.['text/plain'],
          ename: typeof ename === 'string' ? ename : undefined,
          everything: JSON.stringify(messages),
        }),
      )
    })
  })
  return {
    messages,
    done,
    get stdout() {
      return stdout()
    },
    until: (fits) =>
      new Promise((resolve, reject) => {
        const look = (error?: Error) => {
          const found = messages.find(fits)
          if (found === undefined && error === undefined) return
          looks.delete(look)
          if (found === undefined) reject(error)
          else resolve(found)
        }
        looks.add(look)
        look()
      }),
  }
}
