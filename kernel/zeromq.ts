import { createRequire } from 'node:module'

/**
 * ZeroMQ's sockets, by `require`: for an `import` of a CommonJS package Node searches all its files for names first,
 * which takes a tenth of a kernel's start.
 */
const zeromq: typeof import('zeromq') = createRequire(import.meta.url)('zeromq')

export const {
  Dealer,
  Proxy: ZmqProxy,
  Publisher,
  Reply,
  Router,
  Subscriber,
  XPublisher,
  XSubscriber,
} = zeromq

export type Dealer = import('zeromq').Dealer
export type Reply = import('zeromq').Reply
export type Router = import('zeromq').Router
export type Subscriber = import('zeromq').Subscriber
export type XPublisher = import('zeromq').XPublisher
