// PLC, PDS and AppView of Bluesky's own development network: node network.mjs PLC_PORT PDS_PORT APPVIEW_PORT
// Says "ready PDS APPVIEW FIREHOSE" when all answer. Where Postgres and Redis are comes from the environment.
import net from 'node:net'

// Its servers would listen on every address of the machine.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...given) {
  const [first, second] = given
  if (typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))) {
    given.splice(1, typeof second === 'string' ? 1 : 0, '127.0.0.1')
  } else if (first && typeof first === 'object' && 'port' in first) {
    given[0] = { ...first, host: '127.0.0.1' }
  } else if (first === undefined || typeof first === 'function') {
    given.unshift({ port: 0, host: '127.0.0.1' })
  }
  return listen.apply(this, given)
}

// Standard output is for the one line that is waited for.
console.log = console.info = console.error
const { TestNetwork, mockMailer } = await import('@atproto/dev-env')
const [plc, pds, bsky] = process.argv.slice(2).map(Number)
const network = await TestNetwork.create({
  dbPostgresUrl: process.env.DB_POSTGRES_URL,
  dbPostgresSchema: process.env.DB_POSTGRES_SCHEMA,
  plc: { port: plc },
  pds: { port: pds, hostname: 'localhost' },
  bsky: { port: bsky, publicUrl: `http://localhost:${bsky}` },
})
mockMailer(network.pds)
const firehose = `ws://127.0.0.1:${pds}/xrpc/com.atproto.sync.subscribeRepos`
process.stdout.write(`ready http://127.0.0.1:${pds} http://127.0.0.1:${bsky} ${firehose}\n`)
// All of it lies in memory or in a database that ends next: there is nothing to put away.
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => process.exit(0))
