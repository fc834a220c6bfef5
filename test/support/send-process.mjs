// Sends GET requests with the built library, one after another, and prints what came of each: for settings that Node
// reads when it starts, and to see whether a process ends by itself.
import { send } from '../../dist/src/http.js'

for (const url of process.argv.slice(2)) {
  const came = await send({
    method: 'GET',
    url: new URL(url),
    headers: { authorization: 'Bearer sentinel-in-a-header' },
  }).then(
    ({ status }) => ({ status }),
    ({ code, message, hint }) => ({ code, message, hint }),
  )
  process.stdout.write(`${JSON.stringify(came)}\n`)
}
