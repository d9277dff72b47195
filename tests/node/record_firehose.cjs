// Records what the firehose of Bluesky's own server (a PDS) says, one frame a line in base64. In a folder of its own:
//     npm install @atproto/dev-env@0.3.215 && NODE_PATH=node_modules node record_firehose.cjs frames.txt
// With `serve` instead of a file it stays, tells its address, and somebody posts twice a second. With `accounts` before the
// file, four accounts post, and one is taken down, one put to rest by its holder and one deleted.
const fs = require('node:fs')
const { TestNetworkNoAppView } = require('@atproto/dev-env')
const WebSocket = require('ws')

async function frames(network, cursor, milliseconds) {
  const told = []
  const stream = new WebSocket(`${network.pds.url.replace('http', 'ws')}/xrpc/com.atproto.sync.subscribeRepos?cursor=${cursor}`)
  stream.on('message', (data) => told.push(data.toString('base64')))
  stream.on('error', () => {})
  await new Promise((done) => setTimeout(done, milliseconds))
  stream.close()
  return told
}

async function accounts(network, file) {
  const admin = { headers: network.pds.adminAuthHeaders(), encoding: 'application/json' }
  const made = {}
  for (const name of ['takendown', 'deactivated', 'deleted', 'stays']) {
    const agent = made[name] = network.pds.getClient ? network.pds.getClient() : network.pds.getAgent()
    await agent.createAccount({ handle: `${name}.test`, email: `${name}@example.test`, password: 'hunter-hunter' })
    const did = agent.session ? agent.session.did : agent.did
    made[name].said = did
    await agent.com.atproto.repo.createRecord({ repo: did, collection: 'app.bsky.feed.post',
      record: { $type: 'app.bsky.feed.post', text: `Biznet mati ${name}`, createdAt: '2025-10-03T01:48:00.000Z' } })
  }
  const anybody = made.stays
  await anybody.com.atproto.admin.updateSubjectStatus(
    { subject: { $type: 'com.atproto.admin.defs#repoRef', did: made.takendown.said }, takedown: { applied: true, ref: 'test' } }, admin)
  await made.deactivated.com.atproto.server.deactivateAccount({})
  await anybody.com.atproto.admin.deleteAccount({ did: made.deleted.said }, admin)
  await network.processAll()
  const told = await frames(network, 0, 4000)
  fs.writeFileSync(file, told.join('\n') + '\n')
  console.log(told.length)
  process.exit(0)
}

async function main() {
  const network = await TestNetworkNoAppView.create({})
  if (process.argv[2] === 'accounts') return accounts(network, process.argv[3])
  const agent = network.pds.getClient ? network.pds.getClient() : network.pds.getAgent()
  await agent.createAccount({ handle: 'sari.test', email: 'sari@example.test', password: 'hunter-hunter' })
  const did = agent.session ? agent.session.did : agent.did
  const post = async (text, more = {}) => (await agent.com.atproto.repo.createRecord({ repo: did, collection: 'app.bsky.feed.post',
    record: { $type: 'app.bsky.feed.post', text, createdAt: '2025-10-03T01:48:00.000Z', langs: ['id'], ...more } })).data
  const first = await post('Biznet mati total di Bandung 😢')
  const reply = await post('punya saya juga, Biznet los dari pagi', { reply: { root: { uri: first.uri, cid: first.cid }, parent: { uri: first.uri, cid: first.cid } } })
  await post('sarapan dulu')
  await agent.com.atproto.repo.createRecord({ repo: did, collection: 'app.bsky.feed.like', record: { $type: 'app.bsky.feed.like', subject: { uri: first.uri, cid: first.cid }, createdAt: '2025-10-03T01:49:00.000Z' } })
  await agent.com.atproto.repo.applyWrites({ repo: did, writes: [1, 2, 3].map((n) => ({ $type: 'com.atproto.repo.applyWrites#create', collection: 'app.bsky.feed.post', value: { $type: 'app.bsky.feed.post', text: `Biznet lambat ${n}`, createdAt: '2025-10-03T01:50:00.000Z' } })) })
  await agent.com.atproto.repo.putRecord({ repo: did, collection: 'app.bsky.feed.post', rkey: reply.uri.split('/').pop(), record: { $type: 'app.bsky.feed.post', text: 'punya saya juga, Biznet putus dari pagi', createdAt: '2025-10-03T01:48:30.000Z' } })
  await agent.com.atproto.repo.deleteRecord({ repo: did, collection: 'app.bsky.feed.post', rkey: first.uri.split('/').pop() })
  await network.processAll()
  if (process.argv[2] === 'serve') {
    console.log(JSON.stringify({ url: network.pds.url, did }))
    let n = 0
    setInterval(() => post(`Biznet mati lagi ${++n}`).catch(() => {}), 500)
    return
  }
  const told = [...await frames(network, 0, 4000), ...await frames(network, 999999, 1500)]
  fs.writeFileSync(process.argv[2], told.join('\n') + '\n')
  console.log(told.length, did)
  process.exit(0)
}
main().catch((e) => { console.error(e); process.exit(1) })
