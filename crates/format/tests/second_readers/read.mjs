// A second reader of .skyc: jszip and JSON.parse, and the description of the format, nothing else.
//
// Reads lines of base64, one archive each, and answers each with one line of JSON: the drones, or what went wrong. The first
// argument is the folder whose node_modules hold jszip.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const JSZip = createRequire(`${process.argv[2]}/package.json`)('jszip')
const DEPTH = 8

async function load(archive, member, fragment) {
  const file = archive.file(member)
  if (!file) throw new Error(`no member ${member}`)
  let value = JSON.parse((await file.async('string')).replace(/^\uFEFF/, ''))
  for (const key of decodeURIComponent(fragment).split('/').slice(1)) {
    value = value[key.replaceAll('~1', '/').replaceAll('~0', '~')]
    if (value === undefined) throw new Error(`no ${fragment} in ${member}`)
  }
  return [value, member]
}

async function resolved(archive, value, member, depth = 0) {
  if (depth > DEPTH) throw new Error('references too deep')
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolved(archive, item, member, depth)))
  if (value === null || typeof value !== 'object') return value
  if (typeof value.$ref === 'string') {
    const at = value.$ref.indexOf('#')
    const [path, fragment] = at < 0 ? [value.$ref, ''] : [value.$ref.slice(0, at), value.$ref.slice(at + 1)]
    return resolved(archive, ...(await load(archive, path.replace(/^\.\//, '') || member, fragment)), depth + 1)
  }
  const entries = Object.entries(value).map(async ([key, item]) => [key, await resolved(archive, item, member, depth)])
  return Object.fromEntries(await Promise.all(entries))
}

async function show(data) {
  const archive = await JSZip.loadAsync(data, { checkCRC32: true })
  const head = await resolved(archive, ...(await load(archive, 'show.json', '')))
  const members = Object.values(archive.files).filter((file) => !file.dir).map((file) => file.name).sort()
  const drones = head.swarm.drones.map((drone) => [drone.settings.name ?? null, drone.settings.trajectory.points])
  return { members, drones, least: head.settings?.validation?.minDistance ?? null }
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try {
    answer = await show(Buffer.from(line, 'base64'))
  } catch (fault) {
    answer = { fault: String(fault).slice(0, 200) }
  }
  console.log(JSON.stringify(answer))
}
