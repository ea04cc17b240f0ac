/** A process that takes a lease again and again, until it is killed: `node lease-holder.ts <url> <seconds>`. */
import { openPostgresStore } from '../../../clientele/src/stores/postgres.ts'

const [url = '', seconds] = process.argv.slice(2)
const store = await openPostgresStore({ url })
for (;;) {
  const isLeader = await store.takeLease({ name: 'job', holder: 'child', seconds: Number(seconds) })
  console.log(isLeader ? 'leads' : 'waits')
}
