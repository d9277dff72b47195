// Bluesky's own server of accounts (PDS), for tests: node server.cjs PORT. Reads commands, a JSON object a line, answers
// each with one: {"do":"say","text"}, {"do":"delete","text"}, {"do":"gone","text"} (a new account says it and is deleted),
// {"do":"restart"} (it ends and starts again with what it keeps). The first line that it writes says that it is there.
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const readline = require('node:readline')
const { TestNetworkNoAppView, TestPds } = require('@atproto/dev-env')

const tell = (said) => process.stdout.write(JSON.stringify(said) + '\n')

async function main() {
  const dataDirectory = fs.mkdtempSync(path.join(os.tmpdir(), 'pds'))
  const kept = { port: Number(process.argv[2]), dataDirectory, blobstoreDiskLocation: path.join(dataDirectory, 'blobs') }
  kept.plcRotationKeyK256PrivateKeyHex = '2a'.repeat(32)
  const network = await TestNetworkNoAppView.create({ pds: kept })
  let pds = network.pds
  const posts = {}
  let people = 0

  async function account() {
    const agent = pds.getClient()
    const name = `orang${++people}`
    await agent.createAccount({ handle: `${name}.test`, email: `${name}@example.test`, password: 'hunter-hunter' })
    return agent
  }
  async function post(agent, text) {
    const record = { $type: 'app.bsky.feed.post', text: `Biznet mati ${text}`, createdAt: new Date().toISOString() }
    const made = await agent.com.atproto.repo.createRecord(
      { repo: agent.session.did, collection: 'app.bsky.feed.post', record })
    posts[text] = made.data.uri.split('/').pop()
  }
  const author = await account()
  const did = author.session.did
  const doing = {
    say: ({ text }) => post(author, text),
    delete: ({ text }) => author.com.atproto.repo.deleteRecord({ repo: did, collection: 'app.bsky.feed.post', rkey: posts[text] }),
    gone: async ({ text }) => {
      const leaving = await account()
      await post(leaving, text)
      await new Promise((done) => setTimeout(done, 2000))
      const admin = { headers: pds.adminAuthHeaders(), encoding: 'application/json' }
      await leaving.com.atproto.admin.deleteAccount({ did: leaving.session.did }, admin)
    },
    restart: async () => {
      await pds.close()
      pds = await TestPds.create({ didPlcUrl: network.plc.url, ...kept })
    },
  }
  tell({ port: kept.port })
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line)
    try {
      await doing[asked.do](asked)
      tell({ done: asked.do })
    } catch (problem) {
      tell({ failed: String(problem) })
    }
  }
  fs.rmSync(dataDirectory, { recursive: true, force: true })
  process.exit(0)
}
main().catch((problem) => { console.error(problem); process.exit(1) })
