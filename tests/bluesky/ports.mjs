// Prints so many free ports of 127.0.0.1, none of those that the system gives to who calls out.
import net from 'node:net'

const found = []
while (found.length < Number(process.argv[2])) {
  const server = net.createServer()
  const port = 20_000 + Math.floor(Math.random() * 12_000)
  const free = await new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => resolve(true))
  })
  // Held until all are found, so that none is found twice.
  if (free) found.push(server)
}
console.log(found.map((server) => server.address().port).join(' '))
found.forEach((server) => server.close())
