import { isRecord } from '../../record.js'
import { failureOf, readErrorPayload, readPayload } from '../graphql-answer.js'
import { brokenFraming, refusedSignIn, type Speak } from './speech.js'

/** One operation on a connection, so one id. */
const id = '1'

/**
 * The framing of Apollo's `subscriptions-transport-ws` (subprotocol `graphql-ws`), which no library that is maintained
 * speaks any more: https://github.com/apollographql/subscriptions-transport-ws/blob/master/PROTOCOL.md
 */
export const speakLegacyApollo: Speak = (line, operation, parameters, listener, where) => {
  let isAccepted = false
  line.send({ type: 'connection_init', payload: parameters })
  return {
    receive: ({ type, id: about, payload }) => {
      // An id may be written as a number; what is about another operation is not for us.
      if (about !== undefined && about !== null && String(about) !== id) return
      switch (type) {
        case 'connection_ack':
          if (isAccepted) return
          isAccepted = true
          listener.started()
          line.send({ id, type: 'start', payload: operation })
          return
        case 'ka':
          return
        case 'connection_error':
          listener.fail(refusedSignIn(where, isRecord(payload) ? payload.message : payload))
          return
        case 'data': {
          const answer = readPayload(payload)
          if (answer === undefined)
            listener.fail(brokenFraming(where, 'sent a message without data or errors'))
          else listener.give(answer)
          return
        }
        case 'error':
          listener.fail(
            failureOf({ data: undefined, errors: readErrorPayload(payload), requestId: undefined }),
          )
          return
        case 'complete':
          listener.complete()
          return
        default:
          listener.fail(brokenFraming(where, 'sent a message of no known type'))
      }
    },
    stop: () => {
      if (isAccepted) line.send({ id, type: 'stop' })
      line.send({ type: 'connection_terminate' })
    },
  }
}
