// Jetstream's JSON of a real firehose: node bridge.mjs FIREHOSE PORT [CUT ...]
// Reads com.atproto.sync.subscribeRepos from its beginning and serves /subscribe with wantedCollections,
// wantedDids and cursor as Jetstream does. The first connections are broken off after CUT messages each.
// An event bears the same time_us whenever the bridge is started: cursors outlive it.
import http from 'node:http'
import { Firehose } from '@atproto/sync'
import { lexStringify } from '@atproto/lex-json'
import { WebSocketServer } from 'ws'

const [firehose, port, ...cuts] = process.argv.slice(2)
const events = []
const clients = new Set()
let last = 0

function keep(event) {
  // The firehose counts in milliseconds: what fell into the same one is told apart by its order.
  last = Math.max(Date.parse(event.time) * 1000, last + 1)
  const common = { did: event.did, time_us: last }
  const { seq, time, did, rev, collection, rkey, cid, record, active, status, handle } = event
  const told = { account: { active, did, seq, status, time }, identity: { did, handle, seq, time } }
  const commit = { rev, operation: event.event, collection, rkey, record, cid: cid?.toString() }
  const kind = event.event in told ? event.event : 'commit'
  const line = { ...common, kind, [kind]: told[kind] ?? commit }
  events.push({ at: last, did, collection, line: lexStringify(line) })
  for (const client of clients) client.send()
}

class Client {
  constructor(socket, query) {
    this.socket = socket
    this.collections = query.getAll('wantedCollections')
    this.dids = query.getAll('wantedDids')
    this.left = cuts.length ? Number(cuts.shift()) : Infinity
    const cursor = query.get('cursor')
    // With a cursor from that moment on, that moment included; without one only what is new.
    this.next = cursor === null ? events.length : events.findIndex((event) => event.at >= Number(cursor))
    if (this.next < 0) this.next = events.length
  }

  wants({ did, collection }) {
    const fits = (name) => (name.endsWith('*') ? collection.startsWith(name.slice(0, -1)) : collection === name)
    // Who an account is, and whether it still is, is told whatever is wanted.
    const listed = !collection || !this.collections.length || this.collections.some(fits)
    return listed && (!this.dids.length || this.dids.includes(did))
  }

  send() {
    while (this.next < events.length) {
      const event = events[this.next++]
      if (!this.wants(event)) continue
      if (this.left-- <= 0) {
        console.error('cut')
        return this.socket.terminate()
      }
      this.socket.send(event.line)
    }
  }
}

const source = new Firehose({
  service: new URL(firehose).origin,
  getCursor: () => 0,
  handleEvent: keep,
  onError: (error) => console.error(error),
  idResolver: { did: { resolve: async () => null } },
  unauthenticatedCommits: true,
  unauthenticatedHandles: true,
  excludeSync: true,
})
source.start()

const server = http.createServer((request, response) => response.writeHead(404).end())
new WebSocketServer({ server, path: '/subscribe' }).on('connection', (socket, request) => {
  const client = new Client(socket, new URL(request.url, 'http://bridge').searchParams)
  clients.add(client)
  socket.on('close', () => clients.delete(client))
  socket.on('error', () => socket.terminate())
  client.send()
})
server.listen(Number(port), '127.0.0.1', () => console.log(`ready http://127.0.0.1:${port}`))
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => process.exit(0))
